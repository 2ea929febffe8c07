import { expect, it } from 'vitest';

import { createStillClock } from '../../test/support/still-clock.ts';
import { createRateCounter } from './rate-counter.ts';

const minuteMs = 60_000;

function createCounter() {
  const clock = createStillClock();
  const counter = createRateCounter(clock, minuteMs);
  const hit = (client: string, requestsMax = 1, name = 'read') => counter.count(client, { name, requestsMax });
  return { clock, hit };
}

it('counts a client from its first request for the length of the window', () => {
  const { clock, hit } = createCounter();
  expect(hit('a')).toEqual({ isExceeded: false, remaining: 0, resetMs: minuteMs });
  clock.advanceSeconds(59);
  expect(hit('a')).toEqual({ isExceeded: true, remaining: 0, resetMs: 1000 });
  expect(hit('b', 3)).toEqual({ isExceeded: false, remaining: 2, resetMs: minuteMs });
  clock.advanceSeconds(1);
  expect(hit('a')).toEqual({ isExceeded: false, remaining: 0, resetMs: minuteMs });
});

it('drops the clients with the oldest window if there are too many', () => {
  const { hit } = createCounter();
  for (let client = 0; client <= 30_000; client += 1) hit(`client ${client}`);
  expect(hit('client 1')).toMatchObject({ isExceeded: true });
  expect(hit('client 0')).toMatchObject({ isExceeded: false });
});

it('H326: counts a /48 like sixteen /64s, and a /56 like four', () => {
  const { hit } = createCounter();
  const max = 2;
  const refused = (client: string, name?: string) => hit(client, max, name).isExceeded;
  const from56 = Array.from({ length: 5 }, (_, site) => `20010db80001000${site}/64`);
  for (const client of from56.slice(0, 4)) expect([refused(client), refused(client)]).toEqual([false, false]);
  expect(from56.map((client) => refused(client))).toEqual([true, true, true, true, true]);
  expect(refused('20010db800010000/64', 'write')).toBe(false);
  const from48 = Array.from(
    { length: 255 },
    (_, site) => `20010db80001${(site + 1).toString(16).padStart(2, '0')}00/64`,
  );
  expect(from48.filter((client) => !refused(client))).toHaveLength(max * 16 - 8);
  expect(refused('20010db800020000/64')).toBe(false);
});

it('H326: a flood from one /64 uses no more of the /56 than its own limit', () => {
  const { hit } = createCounter();
  for (let request = 0; request < 1000; request += 1) hit('20010db800010000/64', 2);
  expect(hit('20010db800010001/64', 2)).toMatchObject({ isExceeded: false, remaining: 1 });
});
