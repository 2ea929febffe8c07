import { expect, it } from 'vitest';

import { createStillClock } from '../../test/support/still-clock.ts';
import { createRateLimitStore } from './rate-limit-store.ts';

const minuteMs = 60_000;

function createCounter() {
  const clock = createStillClock();
  const Store = createRateLimitStore(clock);
  const store = new Store({});
  const hit = (key: string, counting = store, max = 1) => {
    let counted: { current: number; ttl: number } | undefined;
    counting.incr(key, (_error, result) => void (counted = result), minuteMs, max);
    return counted;
  };
  return { clock, store, hit };
}

it('counts a client from its first request for the length of the window', () => {
  const { clock, hit } = createCounter();
  expect(hit('a')).toEqual({ current: 1, ttl: minuteMs });
  clock.advanceSeconds(59);
  expect(hit('a')).toEqual({ current: 2, ttl: 1000 });
  expect(hit('b')).toEqual({ current: 1, ttl: minuteMs });
  clock.advanceSeconds(1);
  expect(hit('a')).toEqual({ current: 1, ttl: minuteMs });
});

it('shares its counts between routes', () => {
  const { store, hit } = createCounter();
  const route = { path: '/', prefix: '', url: '/', method: 'GET', handler: () => undefined } as const;
  hit('a', store.child(route));
  expect(hit('a', store.child(route))).toMatchObject({ current: 2 });
});

it('drops the clients with the oldest window if there are too many', () => {
  const { hit } = createCounter();
  for (let client = 0; client <= 30_000; client += 1) hit(`client ${client}`);
  expect(hit('client 1')).toMatchObject({ current: 2 });
  expect(hit('client 0')).toMatchObject({ current: 1 });
});

it('H326: counts a /48 like sixteen /64s, and a /56 like four', () => {
  const { store, hit } = createCounter();
  const max = 2;
  const refused = (key: string) => (hit(key, store, max)?.current ?? 0) > max;
  const from56 = Array.from({ length: 5 }, (_, site) => `20010db80001000${site}/64read`);
  for (const key of from56.slice(0, 4)) expect([refused(key), refused(key)]).toEqual([false, false]);
  expect(from56.map(refused)).toEqual([true, true, true, true, true]);
  expect(refused('20010db800010000/64write')).toBe(false);
  const from48 = Array.from(
    { length: 255 },
    (_, site) => `20010db80001${(site + 1).toString(16).padStart(2, '0')}00/64read`,
  );
  expect(from48.filter((key) => !refused(key))).toHaveLength(max * 16 - 8);
  expect(refused('20010db800020000/64read')).toBe(false);
});

it('H326: a flood from one /64 uses no more of the /56 than its own limit', () => {
  const { store, hit } = createCounter();
  for (let request = 0; request < 1000; request += 1) hit('20010db800010000/64read', store, 2);
  expect(hit('20010db800010001/64read', store, 2)).toMatchObject({ current: 1 });
});
