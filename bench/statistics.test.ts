import { describe, expect, test } from 'vitest';

import { median, medianRatio, percentile } from './statistics.ts';

describe('percentile', () => {
  test('is a measured value, by nearest rank', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([50, 95, 99, 100]);
  });

  test('of a single value is that value', () => {
    expect(percentile(Float64Array.of(7), 0.99)).toBe(7);
  });

  test('of an empty list is NaN', () => {
    expect(percentile(new Float64Array(), 0.5)).toBeNaN();
  });
});

describe('median', () => {
  test('of an odd number of values is the middle one, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  test('of an even number of values is between the two middle ones', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  test('of an empty list is NaN', () => {
    expect(median([])).toBeNaN();
  });
});

describe('medianRatio', () => {
  test('compares within a round, so that a slow round changes nothing', () => {
    expect(medianRatio([2, 20, 2], [1, 10, 1])).toBe(2);
  });

  test('is NaN if one side was not measured', () => {
    expect(medianRatio([1, 2], [])).toBeNaN();
  });
});
