import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createBulkhead } from './bulkhead.ts';
import { callsMax, callsPerBulkheadMax, waitForSlotMsMax, waitingPerBulkheadMax } from './limits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function fill(bulkhead: ReturnType<typeof createBulkhead>, key: string, count = callsPerBulkheadMax) {
  await Promise.all(Array.from({ length: count }, () => bulkhead.enter(key)));
}

it('lets one organization make a limited number of calls, and the next waits until one ends', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  let isIn = false;
  const next = bulkhead.enter('a').then(() => {
    isIn = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(isIn).toBe(false);
  bulkhead.leave('a');
  await next;
  expect(isIn).toBe(true);
});

it('rejects a call after a limited wait', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const refusal = bulkhead.enter('a').catch((reason: unknown) => reason);
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  expect(await refusal).toMatchObject({ kind: 'busy' });
});

it('rejects a call at once if too many of its organization wait', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const waiting = Array.from({ length: waitingPerBulkheadMax }, () => bulkhead.enter('a').catch(() => 'late'));
  await expect(bulkhead.enter('a')).rejects.toMatchObject({ kind: 'busy', facts: { reason: 'queue_full' } });
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  await Promise.all(waiting);
});

it('does not let an organization at its limit delay another', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const late = bulkhead.enter('a').catch(() => 'late');
  await bulkhead.enter('b');
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  expect(await late).toBe('late');
});

/** Starts as many calls as each organization gets at once, and returns their number. */
async function begin(bulkhead: ReturnType<typeof createBulkhead>, keys: readonly string[], each: number) {
  const begun = keys.flatMap((key) => Array.from({ length: each }, () => key));
  let count = 0;
  for (const key of begun) {
    void bulkhead.enter(key).then(
      () => (count += 1),
      () => undefined,
    );
  }
  await vi.advanceTimersByTimeAsync(1);
  return count;
}

const namesOf = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}`);

it.each([20, 40])('H327: %i organizations with hanging providers leave slots for the others', async (count) => {
  const bulkhead = createBulkhead();
  const hostile = await begin(bulkhead, namesOf(count, 'hostile'), 3 * callsPerBulkheadMax);
  expect(hostile).toBeGreaterThanOrEqual(count);
  expect(await begin(bulkhead, ['honest'], 1)).toBe(1);
  expect(await begin(bulkhead, namesOf(5, 'another'), 1)).toBe(5);
});

it('H327: many waiting organizations leave a waiting place for another', async () => {
  const bulkhead = createBulkhead();
  const hostile = namesOf(callsMax, 'hostile');
  expect(await begin(bulkhead, hostile, 1)).toBe(callsMax);
  await begin(bulkhead, hostile, waitingPerBulkheadMax);
  let isIn = false;
  const honest = bulkhead.enter('honest').then(() => {
    isIn = true;
  });
  // The free slot goes to the organization without any, not to the one that had it.
  bulkhead.leave('hostile 0');
  await honest;
  expect(isIn).toBe(true);
});

it('H327: serves waiting calls by organization in turn', async () => {
  const bulkhead = createBulkhead();
  const full = namesOf(callsMax, 'running');
  await begin(bulkhead, full, 1);
  const order: string[] = [];
  const waitAs = (key: string) =>
    void bulkhead
      .enter(key)
      .then(() => order.push(key))
      .catch(() => undefined);
  for (const key of ['a', 'a', 'a', 'b', 'c']) waitAs(key);
  for (const key of full.slice(0, 3)) bulkhead.leave(key);
  await vi.advanceTimersByTimeAsync(1);
  expect(order).toEqual(['a', 'b', 'c']);
});

it('lets a call wait while all slots are taken, and start when one becomes free', async () => {
  const bulkhead = createBulkhead();
  const full = namesOf(callsMax, 'running');
  expect(await begin(bulkhead, full, 1)).toBe(callsMax);
  let isIn = false;
  const next = bulkhead.enter('another').then(() => {
    isIn = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(isIn).toBe(false);
  bulkhead.leave('running 3');
  await next;
  expect(isIn).toBe(true);
});
