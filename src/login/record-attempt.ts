import type { AttemptRow } from './queries.ts';

/** The record of an attempt that has begun. */
export function recordOf(attempt: { attemptId: string; organizationId: string; startedAtMs: number }): AttemptRow {
  return {
    id: attempt.attemptId,
    organization_id: attempt.organizationId,
    outcome: 'started',
    code: null,
    user_id: null,
    details: '{}',
    created_at: attempt.startedAtMs,
    finished_at: null,
  };
}
