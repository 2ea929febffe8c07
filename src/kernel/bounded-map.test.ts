import { expect, it } from 'vitest';

import { createBoundedMap } from './bounded-map.ts';

it('evicts the oldest entry when a bounded map is full', () => {
  const map = createBoundedMap<number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const) {
    map.set(key, value);
  }
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 2, 3, 2]);
});

it('makes an entry of a bounded map the newest one when it is set again', () => {
  const map = createBoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), ...map.values()]).toEqual([3, undefined, 3, 4]);
});

it('has room again in a bounded map after an entry is deleted', () => {
  const map = createBoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.delete('b');
  map.set('c', 3);
  expect([...map.values()]).toEqual([1, 3]);
});
