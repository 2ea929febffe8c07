import { expect, it } from 'vitest';

import { createStillClock } from '../../test/support/still-clock.ts';
import { createGate, type Place } from './gate.ts';
import { usesRememberedMs, waitingMax, waitingPerCallerMax } from './limits.ts';

/** A gate, and the order in which callers were served. */
function openGate() {
  const clock = createStillClock();
  const gate = createGate(clock);
  const turns: string[] = [];
  const enter = (key: string, isPreferred = false): Place => {
    const place = gate.enter({ key, isPreferred });
    void place.turn.then(
      () => turns.push(key),
      () => turns.push(`${key} lost its place`),
    );
    return place;
  };
  return { clock, gate, enter, turns };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function finishAll(places: readonly Place[]): Promise<void> {
  await Promise.all(
    places.map(async (place) => {
      await place.turn.catch(() => undefined);
      await settled();
      place.leave();
    }),
  );
}

it('H320: runs one piece of work at a time, in order of arrival', async () => {
  const { gate } = openGate();
  let underWay = 0;
  const most: number[] = [];
  const order: string[] = [];
  const work = (key: string) =>
    gate.run({ key }, async () => {
      underWay += 1;
      most.push(underWay);
      order.push(key);
      await settled();
      underWay -= 1;
    });
  await Promise.all(['a', 'b', 'c', 'd'].map(work));
  expect(order).toEqual(['a', 'b', 'c', 'd']);
  expect(Math.max(...most)).toBe(1);
});

it('H320: gives each caller a few places in the queue and says when to try again', async () => {
  const { clock, enter } = openGate();
  const first = enter('a');
  clock.advanceSeconds(3);
  first.leave();
  const places = Array.from({ length: waitingPerCallerMax + 1 }, () => enter('a'));
  const refused = { code: 'work_limited', meta: { retryAfterSeconds: 3 * (waitingPerCallerMax + 1), isFull: false } };
  expect(() => enter('a')).toThrow(expect.objectContaining(refused));
  await finishAll([...places, enter('b')]);
  expect(() => enter('a')).not.toThrow();
});

it('H320: limits the length of the queue', async () => {
  const { enter } = openGate();
  const places = Array.from({ length: waitingMax + 1 }, (_, caller) => enter(`caller ${caller}`));
  expect(() => enter('one more')).toThrow(expect.objectContaining({ code: 'work_limited' }));
  await finishAll(places);
});

it('H324: serves a first-time caller before frequent ones', async () => {
  const { enter, turns } = openGate();
  const crowd = Array.from({ length: waitingMax + 1 }, (_, caller) => `stranger ${caller}`);
  await finishAll(crowd.map((key) => enter(key)));
  turns.length = 0;
  const places = crowd.map((key) => enter(key));
  const admin = enter('admin');
  await settled();
  expect(turns).toEqual(['stranger 0', `${crowd.at(-1)} lost its place`]);
  await finishAll([...places, admin]);
  expect(turns.slice(2, 4)).toEqual(['admin', 'stranger 1']);
});

it('H324: serves a preferred caller before unknown ones', async () => {
  const { enter, turns } = openGate();
  const places = Array.from({ length: waitingMax + 1 }, (_, caller) => enter(`stranger ${caller}`));
  const admin = enter('admin', true);
  places[0]?.leave();
  await admin.turn;
  expect(turns).toEqual(['stranger 0', `stranger ${waitingMax} lost its place`, 'admin']);
  expect(() => enter('yet another')).not.toThrow();
});

it.each([
  ['still counts within the same minute', usesRememberedMs / 1000 - 1, ['x', 'b', 'a']],
  ['does not count a minute later', usesRememberedMs / 1000, ['x', 'a', 'b']],
])('how often a caller came %s', async (_when, seconds, order) => {
  const { clock, enter, turns } = openGate();
  await finishAll([enter('a')]);
  clock.advanceSeconds(seconds);
  turns.length = 0;
  await finishAll([enter('x'), enter('a'), enter('b')]);
  expect(turns).toEqual(order);
});

it('H323: frees the place of a caller that left exactly once', async () => {
  const { enter, turns } = openGate();
  const running = enter('a');
  const gone = enter('b');
  const next = enter('c');
  gone.leave();
  gone.leave();
  running.leave();
  running.leave();
  await next.turn;
  expect(turns).toEqual(['a', 'c']);
  const last = enter('d');
  await settled();
  expect(turns).toEqual(['a', 'c']);
  next.leave();
  await last.turn;
});
