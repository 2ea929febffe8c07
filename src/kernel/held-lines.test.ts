import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { holdLines } from './held-lines.ts';

let written: string[];
const destination = { write: (text: string) => written.push(text) };

beforeEach(() => {
  written = [];
  vi.useFakeTimers();
});

afterEach(() => void vi.useRealTimers());

test('lines are written together, in their order, once the first has waited long enough', () => {
  const lines = holdLines(destination, { holdMs: 50, lengthMax: 100 });
  lines.write('one\n');
  vi.advanceTimersByTime(49);
  lines.write('two\n');
  expect(written).toStrictEqual([]);
  vi.advanceTimersByTime(1);
  expect(written).toStrictEqual(['one\ntwo\n']);
  vi.advanceTimersByTime(1000);
  lines.write('three\n');
  vi.advanceTimersByTime(50);
  expect(written).toStrictEqual(['one\ntwo\n', 'three\n']);
});

test('more than may be held does not wait', () => {
  const lines = holdLines(destination, { holdMs: 50, lengthMax: 8 });
  lines.write('one\n');
  lines.write('two\n');
  expect(written).toStrictEqual(['one\ntwo\n']);
  vi.advanceTimersByTime(50);
  expect(written).toHaveLength(1);
});

test('what is released is written at once and only once', () => {
  const lines = holdLines(destination, { holdMs: 50, lengthMax: 100 });
  lines.write('one\n');
  lines.release();
  expect(written).toStrictEqual(['one\n']);
  lines.release();
  vi.advanceTimersByTime(50);
  expect(written).toStrictEqual(['one\n']);
});
