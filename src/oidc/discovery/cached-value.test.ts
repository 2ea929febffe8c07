import { beforeEach, describe, expect, it, vi } from 'vitest';

import { fixedClock, type FixedClock } from '../../../test/support/faulty-idp-sign-in.ts';
import { appError } from '../../contract/errors.ts';
import { systemRandom } from '../../kernel/random.ts';
import { failurePauseMs, failurePauseMsMax, forcedRefreshPauseMs, freshMs, staleMsMax } from '../limits.ts';
import { cacheValue, type Fetched } from './cached-value.ts';

let clock: FixedClock;
let answer: () => Promise<Fetched<string>>;
let fetches: number;
const onStale = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  clock = fixedClock();
  fetches = 0;
  answer = () => Promise.resolve({ value: `value ${fetches}`, maxAgeMs: undefined });
  onStale.mockReset();
});

// With byte 128 from the generator, the random spread of freshness is almost zero.
const random = { ...systemRandom, bytes: () => Buffer.from([128]) };

function cache() {
  const fetch = () => {
    fetches += 1;
    return answer();
  };
  return cacheValue({ fetch, clock, random, onStale });
}

const fail = () => Promise.reject(new Error('down'));

it('is fetched once for a thousand concurrent callers', async () => {
  const value = cache();
  await Promise.all(Array.from({ length: 1_000 }, () => value.read()));
  expect(fetches).toBe(1);
});

it('is returned without a fetch while fresh, and fetched in the background when stale', async () => {
  const value = cache();
  await value.read();
  clock.advance(freshMs / 2);
  expect(await value.read()).toBe('value 1');
  expect(fetches).toBe(1);
  clock.advance(freshMs);
  expect(await value.read()).toBe('value 1');
  expect(fetches).toBe(2);
  await vi.waitFor(async () => expect(await value.read()).toBe('value 2'));
});

it('respects a shorter max-age of the provider, down to a minimum', async () => {
  answer = () => Promise.resolve({ value: 'short', maxAgeMs: 0 });
  const value = cache();
  await value.read();
  clock.advance(30_000);
  await value.read();
  expect(fetches).toBe(1);
  clock.advance(60_000);
  await value.read();
  expect(fetches).toBe(2);
});

describe('while the provider is down', () => {
  it('keeps the last value for a day, and reports each failed refresh', async () => {
    const value = cache();
    await value.read();
    answer = fail;
    clock.advance(staleMsMax - 1);
    expect(await value.read()).toBe('value 1');
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledTimes(1));
    clock.advance(2);
    await expect(value.read()).rejects.toThrow('down');
  });

  it('H045: is fetched once per pause, not once per caller', async () => {
    answer = fail;
    const value = cache();
    for (let caller = 0; caller < 20; caller += 1) {
      await expect(value.read()).rejects.toThrow('down');
    }
    expect(fetches).toBe(1);
    clock.advance(failurePauseMs);
    await expect(value.read()).rejects.toThrow('down');
    expect(fetches).toBe(2);
  });

  it('is fetched after longer and longer pauses, up to a maximum', async () => {
    answer = fail;
    const value = cache();
    const pauses = [failurePauseMs, 2 * failurePauseMs, 4 * failurePauseMs, failurePauseMsMax, failurePauseMsMax];
    for (const [index, pause] of pauses.entries()) {
      await expect(value.read()).rejects.toThrow('down');
      expect(fetches).toBe(index + 1);
      clock.advance(pause - 1);
      await expect(value.read()).rejects.toThrow('down');
      expect(fetches).toBe(index + 1);
      clock.advance(1);
    }
  });

  it('is fetched at once when the provider is back after the pause', async () => {
    answer = fail;
    const value = cache();
    await expect(value.read()).rejects.toThrow('down');
    answer = () => Promise.resolve({ value: 'back', maxAgeMs: undefined });
    clock.advance(failurePauseMs);
    expect(await value.read()).toBe('back');
  });
});

describe('a forced refresh', () => {
  it('H045: fetches even if the value is fresh, but not again within the pause', async () => {
    const value = cache();
    await value.read();
    expect(await value.refresh()).toBe('value 2');
    expect(await value.refresh()).toBe('value 2');
    expect(fetches).toBe(2);
    clock.advance(forcedRefreshPauseMs);
    expect(await value.refresh()).toBe('value 3');
  });

  it('makes one fetch for all concurrent callers', async () => {
    const value = cache();
    await value.read();
    const values = await Promise.all(Array.from({ length: 200 }, () => value.refresh()));
    expect(new Set(values)).toEqual(new Set(['value 2']));
    expect(fetches).toBe(2);
  });

  it('that fails leaves the value unchanged', async () => {
    const value = cache();
    await value.read();
    answer = fail;
    await expect(value.refresh()).rejects.toThrow('down');
    expect(await value.read()).toBe('value 1');
  });
});

it("makes no pause after a failure of this server's database, which says nothing about the provider", async () => {
  const value = cache();
  answer = () => Promise.reject(appError('storage_unavailable'));
  await expect(value.read()).rejects.toMatchObject({ code: 'storage_unavailable' });
  answer = () => Promise.resolve({ value: 'well', maxAgeMs: undefined });
  expect(await value.read()).toBe('well');
});
