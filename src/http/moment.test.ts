import { expect, it } from 'vitest';

import { parseMoment } from './moment.ts';

const at = Date.UTC(2030, 0, 2, 3, 4, 5);

it.each([
  ['2030-01-02T03:04:05Z', at],
  ['2030-01-02T03:04:05.000z', at],
  ['2030-01-02T05:04:05+02:00', at],
  ['2030-01-02T05:04:05 02:00', at],
])('parses the time %s', (text, ms) => {
  expect(parseMoment(text)).toEqual({ firstMs: ms, lastMs: ms });
});

it('parses a date as the whole day in UTC', () => {
  const firstMs = Date.UTC(2030, 0, 2);
  expect(parseMoment('2030-01-02')).toEqual({ firstMs, lastMs: firstMs + 86_399_999 });
});

it.each(['yesterday', '2030-01-02T03:04:05', '2030-13-02', '2030-01-02T25:00:00Z', '1893553445', 'Jan 2 2030', ''])(
  'rejects %j as a time',
  (text) => {
    expect(parseMoment(text)).toBeUndefined();
  },
);
