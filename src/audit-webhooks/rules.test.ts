import { expect, it } from 'vitest';

import { appError, type BareErrorCode } from '../contract/errors.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import { failingMsMax, longestPauseMs } from './limits.ts';
import { outcomeOfError, outcomeOfStatus, planAfter } from './rules.ts';

const at = { nowMs: 1_000_000, chance: 0 };

it('doubles the pause after each failure, from five seconds up to an hour', () => {
  const pauses = [0, 1, 2, 9, 10, 1_000_000].map((count) => {
    const plan = planAfter('unreachable', { count, failingSinceMs: at.nowMs }, at);
    return plan.kind === 'retry' ? plan.nextAttemptMs - at.nowMs : undefined;
  });
  expect(pauses).toEqual([5_000, 10_000, 20_000, 2_560_000, longestPauseMs, longestPauseMs]);
});

it('shortens the pause randomly by up to a half', () => {
  const before = { count: 3, failingSinceMs: at.nowMs };
  const plan = planAfter('status_5xx', before, { ...at, chance: 255 / 256 });
  expect(plan).toEqual({ kind: 'retry', nextAttemptMs: at.nowMs + 20_078 });
});

it('pauses the webhook after days of failures, and at once if the receiver is gone', () => {
  const since = (ms: number) => ({ count: 200, failingSinceMs: at.nowMs - ms });
  expect(planAfter('status_4xx', since(failingMsMax - 1), at).kind).toBe('retry');
  expect(planAfter('status_4xx', since(failingMsMax), at)).toEqual({ kind: 'pause', reason: 'failing' });
  const first = { count: 0, failingSinceMs: undefined };
  expect(planAfter('gone', first, at)).toEqual({ kind: 'pause', reason: 'gone' });
  expect(planAfter('delivered', since(failingMsMax), at)).toEqual({ kind: 'advance' });
});

it.each([
  [200, 'delivered'],
  [299, 'delivered'],
  [400, 'status_4xx'],
  [410, 'gone'],
  [429, 'status_4xx'],
  [500, 'status_5xx'],
  [600, 'status_other'],
] as const)('treats the status %i as %s', (status, outcome) => {
  expect(outcomeOfStatus(status)).toBe(outcome);
});

it.each([
  ['idp_address_refused', 'unreachable'],
  ['idp_unreachable', 'unreachable'],
  ['idp_busy', 'unreachable'],
  ['idp_paused', 'unreachable'],
  ['idp_tls_refused', 'tls_refused'],
  ['idp_response_invalid', 'answer_invalid'],
  ['storage_unavailable', undefined],
] as const)('treats the error %s as %s', (code: BareErrorCode, outcome) => {
  expect(outcomeOfError(appError(code))).toBe(outcome);
});

it('reports a redirect and an undecryptable secret, and nothing else of an error', () => {
  expect(outcomeOfError(appError('idp_response_invalid', { meta: { reason: 'redirect' } }))).toBe('redirected');
  expect(outcomeOfError(new SealBrokenError('broken'))).toBe('secret_unreadable');
  expect(outcomeOfError(new TypeError('a mistake'))).toBeUndefined();
});
