import type { UniversalAuthRow } from '../machine-identities/universal-auth-queries.ts';

/** The failed logins with a universal auth from one network. */
export interface FailureCount {
  readonly failed_count: number;
  readonly last_failed_at: number | null;
  readonly locked_until_at: number | null;
}

/** The failed logins from one network, and the lockout settings of the universal auth. */
export type LockoutState = FailureCount &
  Pick<
    UniversalAuthRow,
    'lockout_enabled' | 'lockout_threshold' | 'lockout_duration_seconds' | 'lockout_counter_reset_seconds'
  >;

/** No failed logins. */
export const noFailures: FailureCount = { failed_count: 0, last_failed_at: null, locked_until_at: null };

/** Whether logins are rejected now, with any secret. */
export function isLocked(state: LockoutState, nowMs: number): boolean {
  return state.lockout_enabled === 1 && state.locked_until_at !== null && nowMs < state.locked_until_at;
}

/**
 * The count after one more wrong secret. It restarts if the last failure was long enough ago, and after a lock expires.
 * Failures during a lock are not counted, so an attacker cannot extend a lock.
 */
export function countFailure(state: LockoutState, nowMs: number): FailureCount {
  if (state.lockout_enabled === 0) return noFailures;
  const failedCount = startsAnew(state, nowMs) ? 1 : state.failed_count + 1;
  const lockedUntilAt = failedCount < state.lockout_threshold ? null : nowMs + state.lockout_duration_seconds * 1000;
  return { failed_count: failedCount, last_failed_at: nowMs, locked_until_at: lockedUntilAt };
}

function startsAnew(state: LockoutState, nowMs: number): boolean {
  const hasRunOut = state.locked_until_at !== null && nowMs >= state.locked_until_at;
  const isLongAgo =
    state.last_failed_at === null || nowMs - state.last_failed_at >= state.lockout_counter_reset_seconds * 1000;
  return hasRunOut || isLongAgo;
}
