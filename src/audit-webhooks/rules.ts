import type { AuditWebhookError, AuditWebhookPauseReason } from '../contract/audit-webhooks.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import { OutboundFailure, type OutboundFailureKind } from '../outbound/outbound-failure.ts';
import { failingMsMax, firstPauseMs, longestPauseMs } from './limits.ts';

/** The outcome of one attempt. */
export type Outcome = 'delivered' | AuditWebhookError;

/** The outcome for a status code. Only 2xx means that the receiver has the message. */
export function outcomeOfStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  if (status >= 400 && status < 500) return 'status_4xx';
  return status >= 500 && status < 600 ? 'status_5xx' : 'status_other';
}

/** The outcome for a call without a usable response; `undefined` if the receiver did not cause it. */
export function outcomeOfError(thrown: unknown): AuditWebhookError | undefined {
  if (thrown instanceof SealBrokenError) return 'secret_unreadable';
  return thrown instanceof OutboundFailure ? outcomes[thrown.kind] : undefined;
}

const outcomes = {
  // One outcome for all, so that a difference does not map the operator's network.
  url_refused: 'unreachable',
  address_refused: 'unreachable',
  dns_failed: 'unreachable',
  connect_failed: 'unreachable',
  proxy_failed: 'unreachable',
  timeout: 'unreachable',
  busy: 'unreachable',
  paused: 'unreachable',
  tls_failed: 'tls_refused',
  redirect: 'redirected',
  too_large: 'answer_invalid',
  encoded: 'answer_invalid',
  interim_responses: 'answer_invalid',
  bad_response: 'answer_invalid',
} as const satisfies Record<OutboundFailureKind, AuditWebhookError>;

/** What follows an attempt. */
export type AfterAttempt =
  | { readonly kind: 'advance' }
  | { readonly kind: 'retry'; readonly nextAttemptMs: number }
  | { readonly kind: 'pause'; readonly reason: AuditWebhookPauseReason };

/** The number of attempts before this one. */
export interface AttemptsBefore {
  readonly count: number;
  readonly failingSinceMs: number | undefined;
}

/**
 * Decides by the outcome of an attempt. A receiver that reports that it is gone is paused at once. One that fails is
 * tried less and
 * less often, and is paused after days. `chance` is at least 0 and below 1: receivers that failed together are not
 * tried together.
 */
export function planAfter(
  outcome: Outcome,
  before: AttemptsBefore,
  { nowMs, chance }: { nowMs: number; chance: number },
): AfterAttempt {
  if (outcome === 'delivered') return { kind: 'advance' };
  if (outcome === 'gone') return { kind: 'pause', reason: 'gone' };
  if (nowMs - (before.failingSinceMs ?? nowMs) >= failingMsMax) return { kind: 'pause', reason: 'failing' };
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(before.count, 30));
  return { kind: 'retry', nextAttemptMs: nowMs + Math.round(pauseMs * (1 - chance / 2)) };
}
