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

it('lets one organization have so many calls, and lets the next wait until one ends', async () => {
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

it('refuses after a bounded wait', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const refusal = bulkhead.enter('a').catch((reason: unknown) => reason);
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  expect(await refusal).toMatchObject({ code: 'idp_busy' });
});

it('refuses at once when too many of an organization wait', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const waiting = Array.from({ length: waitingPerBulkheadMax }, () => bulkhead.enter('a').catch(() => 'late'));
  await expect(bulkhead.enter('a')).rejects.toMatchObject({ code: 'idp_busy', meta: { reason: 'queue_full' } });
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  await Promise.all(waiting);
});

it('does not let an organization that is at its limit hold up another', async () => {
  const bulkhead = createBulkhead();
  await fill(bulkhead, 'a');
  const late = bulkhead.enter('a').catch(() => 'late');
  await bulkhead.enter('b');
  await vi.advanceTimersByTimeAsync(waitForSlotMsMax);
  expect(await late).toBe('late');
});

it('lets so many calls run for all together', async () => {
  const bulkhead = createBulkhead();
  for (let index = 0; index < callsMax / callsPerBulkheadMax; index += 1) {
    await fill(bulkhead, `organization-${index}`);
  }
  let isIn = false;
  const next = bulkhead.enter('another').then(() => {
    isIn = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(isIn).toBe(false);
  bulkhead.leave('organization-3');
  await next;
  expect(isIn).toBe(true);
});
