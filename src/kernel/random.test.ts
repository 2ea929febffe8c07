import { expect, test } from 'vitest';

import { systemRandom } from './random.ts';

test('tokens have the requested length and never repeat, over many refills of the supply', () => {
  const lengths = [1, 9, 12, 32, 32, 32, 64, 4096, 5000];
  const tokens = Array.from({ length: 900 }, (_, index) => {
    const byteCount = lengths[index % lengths.length] ?? 32;
    const token = systemRandom.token(byteCount);
    expect(Buffer.from(token, 'base64url')).toHaveLength(byteCount);
    return token;
  });
  const long = tokens.filter((token) => token.length >= 16);
  expect(new Set(long).size).toBe(long.length);
});

test('no token shows the erased part of the supply', () => {
  const wiped = Buffer.alloc(32).toString('base64url');
  expect(Array.from({ length: 1000 }, () => systemRandom.token(32))).not.toContain(wiped);
});

test('bytes have their own memory and the requested length, and never repeat', () => {
  const all = Array.from({ length: 900 }, (_, index) => systemRandom.bytes(index % 3 === 2 ? 5000 : 12));
  expect(all.map(({ length }) => length)).toEqual(all.map((_, index) => (index % 3 === 2 ? 5000 : 12)));
  expect(all.every(({ buffer, length }) => buffer.byteLength === length)).toBe(true);
  expect(new Set(all.map((bytes) => bytes.toString('hex'))).size).toBe(all.length);
});

test('a UUID begins with the time, has its version, and never repeats', () => {
  const beforeMs = Date.now();
  const all = Array.from({ length: 1000 }, () => systemRandom.uuidOfNow());
  const afterMs = Date.now();
  expect(new Set(all.map((uuid) => uuid.slice(14))).size).toBe(all.length);
  for (const uuid of all) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ms = Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(beforeMs);
    expect(ms).toBeLessThanOrEqual(afterMs);
  }
});
