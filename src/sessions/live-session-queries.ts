import { type Expression, sql } from 'kysely';

/**
 * The definition of a live session, for a query over `sessions`: the session has not ended or expired. `isLive` is the
 * same definition for a row.
 */
export function isLiveAt(nowMs: number | Expression<number>) {
  return sql<boolean>`(sessions.ended_at is null and sessions.expires_at > ${nowMs})`;
}

/** Whether a session is live: `isLiveAt` for a row that was read. */
export function isLive(session: { readonly ended_at: number | null; readonly expires_at: number }, nowMs: number) {
  return session.ended_at === null && session.expires_at > nowMs;
}
