import { expect, it } from 'vitest';

import { createStillClock } from '../../test/support/still-clock.ts';
import { createRateLimitStore } from './rate-limit-store.ts';

const minuteMs = 60_000;

function createCounter() {
  const clock = createStillClock();
  const Store = createRateLimitStore(clock);
  const store = new Store({});
  const hit = (key: string, counting = store) => {
    let counted: { current: number; ttl: number } | undefined;
    counting.incr(key, (_error, result) => void (counted = result), minuteMs, 1);
    return counted;
  };
  return { clock, store, hit };
}

it('counts a client from its first request on, for the length of the window', () => {
  const { clock, hit } = createCounter();
  expect(hit('a')).toEqual({ current: 1, ttl: minuteMs });
  clock.advanceSeconds(59);
  expect(hit('a')).toEqual({ current: 2, ttl: 1000 });
  expect(hit('b')).toEqual({ current: 1, ttl: minuteMs });
  clock.advanceSeconds(1);
  expect(hit('a')).toEqual({ current: 1, ttl: minuteMs });
});

it('shares its counts with the store of each route', () => {
  const { store, hit } = createCounter();
  const route = { path: '/', prefix: '', url: '/', method: 'GET', handler: () => undefined } as const;
  hit('a', store.child(route));
  expect(hit('a', store.child(route))).toMatchObject({ current: 2 });
});

it('forgets whose window began first when there are too many clients', () => {
  const { hit } = createCounter();
  for (let client = 0; client <= 10_000; client += 1) hit(`client ${client}`);
  expect(hit('client 1')).toMatchObject({ current: 2 });
  expect(hit('client 0')).toMatchObject({ current: 1 });
});
