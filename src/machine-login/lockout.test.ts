import { describe, expect, it } from 'vitest';

import { countFailure, isLocked, type LockoutState, noFailures } from './lockout.ts';

const nowMs = 1_800_000_000_000;
const rules = {
  lockout_enabled: 1,
  lockout_threshold: 3,
  lockout_duration_seconds: 300,
  lockout_counter_reset_seconds: 30,
} as const;
const fresh: LockoutState = { ...rules, ...noFailures };

const failAt = (state: LockoutState, atMs: number): LockoutState => ({ ...state, ...countFailure(state, atMs) });

describe('failed logins', () => {
  it('lock at the threshold, not before', () => {
    const twice = failAt(failAt(fresh, nowMs), nowMs + 1000);
    expect(isLocked(twice, nowMs + 1000)).toBe(false);
    const thrice = failAt(twice, nowMs + 2000);
    expect(thrice.locked_until_at).toBe(nowMs + 2000 + 300_000);
    expect(isLocked(thrice, nowMs + 2000)).toBe(true);
  });

  it('are reset after a long enough pause', () => {
    const twice = failAt(failAt(fresh, nowMs), nowMs);
    expect(failAt(twice, nowMs + 29_999).failed_count).toBe(3);
    expect(failAt(twice, nowMs + 30_000).failed_count).toBe(1);
  });

  it('count from one after a lock expires, even if the last failure is recent', () => {
    const brief = { ...fresh, lockout_duration_seconds: 30, lockout_counter_reset_seconds: 3600 };
    const locked = failAt(failAt(failAt(brief, nowMs), nowMs), nowMs);
    expect(isLocked(locked, nowMs + 29_999)).toBe(true);
    expect(isLocked(locked, nowMs + 30_000)).toBe(false);
    expect(failAt(locked, nowMs + 30_000)).toMatchObject({ failed_count: 1, locked_until_at: null });
  });

  it('lock at once if the threshold is one', () => {
    expect(isLocked(failAt({ ...fresh, lockout_threshold: 1 }, nowMs), nowMs)).toBe(true);
  });

  it('are not counted if lockout is disabled', () => {
    const off: LockoutState = { ...fresh, lockout_enabled: 0, failed_count: 7 };
    expect(countFailure(off, nowMs)).toEqual(noFailures);
  });

  it('no longer lock after lockout is disabled', () => {
    const locked = failAt({ ...fresh, lockout_threshold: 1 }, nowMs);
    expect(isLocked({ ...locked, lockout_enabled: 0 }, nowMs)).toBe(false);
  });
});
