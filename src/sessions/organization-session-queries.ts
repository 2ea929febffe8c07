import type { Db } from '../storage/database.ts';
import { isLiveAt } from './live-session-queries.ts';

interface SessionsWanted {
  readonly organizationId: string;
  readonly userId: string | undefined;
  readonly nowMs: number;
}

/** A page of the live sessions of an organization. */
export async function listSessionsOfOrganization(
  db: Db,
  wanted: SessionsWanted,
  { offset, limit }: { offset: number; limit: number },
) {
  return liveSessions(db, wanted)
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('sessions')
    .select('users.email')
    .orderBy('sessions.last_used_at', 'desc')
    .orderBy('sessions.id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function countSessionsOfOrganization(db: Db, wanted: SessionsWanted): Promise<number> {
  const { count } = await liveSessions(db, wanted)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function liveSessions(db: Db, { organizationId, userId, nowMs }: SessionsWanted) {
  const query = db.selectFrom('sessions').where('sessions.organization_id', '=', organizationId).where(isLiveAt(nowMs));
  return userId === undefined ? query : query.where('sessions.user_id', '=', userId);
}
