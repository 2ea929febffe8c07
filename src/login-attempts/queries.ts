import { sql } from 'kysely';

import type { AttemptOutcome } from '../contract/login-attempts.ts';
import type { Db } from '../storage/database.ts';

/** Which attempts to return. Both time bounds are inclusive. */
export interface AttemptFilter {
  readonly organizationId: string;
  readonly outcome: AttemptOutcome | undefined;
  readonly code: string | undefined;
  readonly userId: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/**
 * Returns a page of attempts, newest first, with the e-mail address of each user. An index finds the page, so that the
 * records before the offset are not read.
 */
export async function listAttempts(
  db: Db,
  filter: AttemptFilter,
  { offset, limit }: { offset: number; limit: number },
) {
  const page = matching(db, filter)
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit);
  return withAddress(db)
    .innerJoin(page.as('page'), 'page.id', 'login_attempts.id')
    .orderBy('login_attempts.created_at', 'desc')
    .orderBy('login_attempts.id', 'desc')
    .execute();
}

export type AttemptWithAddress = Awaited<ReturnType<typeof listAttempts>>[number];

export async function countAttempts(db: Db, filter: AttemptFilter): Promise<number> {
  const { count } = await matching(db, filter)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Returns one attempt of an organization. */
export async function findRecord(
  db: Db,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<AttemptWithAddress | undefined> {
  return withAddress(db)
    .where('login_attempts.id', '=', id)
    .where('login_attempts.organization_id', '=', organizationId)
    .executeTakeFirst();
}

/** Returns the id of the member with an e-mail address. */
export async function findMemberId(db: Db, organizationId: string, emailKey: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('email_key', '=', emailKey)
    .executeTakeFirst();
  return row?.user_id;
}

/** Returns how many refused sign-ins in a period were counted but not recorded. */
export async function countOmitted(
  db: Db,
  {
    organizationId,
    fromMs = 0,
    toMs = Number.MAX_SAFE_INTEGER,
  }: Pick<AttemptFilter, 'organizationId' | 'fromMs' | 'toMs'>,
): Promise<number> {
  const { omitted } = await db
    .selectFrom('refused_login_attempt_counts')
    .select((row) => row.fn.sum<number | null>('omitted').as('omitted'))
    .where('organization_id', '=', organizationId)
    .where('minute_at', '>', fromMs - minuteMs)
    .where('minute_at', '<=', toMs)
    .executeTakeFirstOrThrow();
  return Number(omitted ?? 0);
}

const minuteMs = 60_000;

function withAddress(db: Db) {
  return db
    .selectFrom('login_attempts')
    .leftJoin('users', 'users.id', 'login_attempts.user_id')
    .selectAll('login_attempts')
    .select('users.email as user_email');
}

// Conditions are part of the statement text where the database uses a partial index only then.
function matching(db: Db, { organizationId, outcome, code, userId, fromMs, toMs }: AttemptFilter) {
  let query = db.selectFrom('login_attempts').where('organization_id', '=', organizationId);
  if (outcome === 'succeeded') query = query.where('user_id', 'is not', null);
  if (outcome === 'started') query = query.where('outcome', '=', outcome);
  if (outcome === 'refused' || code !== undefined) query = query.where('outcome', '=', sql.lit('refused'));
  if (code !== undefined) query = query.where('code', '=', code);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (fromMs !== undefined) query = query.where('created_at', '>=', fromMs);
  if (toMs !== undefined) query = query.where('created_at', '<=', toMs);
  return query;
}
