import { expect, it } from 'vitest';

import { appError } from '../contract/errors.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import { OutboundFailure } from '../outbound/outbound-failure.ts';
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
  ['url_refused', 'unreachable'],
  ['address_refused', 'unreachable'],
  ['dns_failed', 'unreachable'],
  ['connect_failed', 'unreachable'],
  ['proxy_failed', 'unreachable'],
  ['timeout', 'unreachable'],
  ['busy', 'unreachable'],
  ['paused', 'unreachable'],
  ['tls_failed', 'tls_refused'],
  ['redirect', 'redirected'],
  ['too_large', 'answer_invalid'],
  ['encoded', 'answer_invalid'],
  ['interim_responses', 'answer_invalid'],
  ['bad_response', 'answer_invalid'],
] as const)('treats the outbound failure %s as %s', (kind, outcome) => {
  expect(outcomeOfError(new OutboundFailure(kind))).toBe(outcome);
});

it('reports an undecryptable secret, and no other error of the server', () => {
  expect(outcomeOfError(appError('storage_unavailable'))).toBeUndefined();
  expect(outcomeOfError(new SealBrokenError('broken'))).toBe('secret_unreadable');
  expect(outcomeOfError(new TypeError('a mistake'))).toBeUndefined();
});
