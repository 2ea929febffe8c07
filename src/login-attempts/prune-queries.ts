import { sql } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import { omittedDetails } from './stored-record.ts';

/** The number of records of an organization. Counting stops at the limits of the query. */
export interface RecordsOfOrganization {
  readonly id: string;
  readonly oldestMs: number | null;
  readonly refused: number;
  readonly signedIn: number;
}

// The condition is part of the statement text, because SQLite uses a partial index only then.
const refused = sql.lit('refused' as const);

/** Which organizations to look at, and up to which number their records are counted. */
interface Look {
  /** Only organizations with a greater id. */
  readonly afterId: string;
  readonly limit: number;
  readonly countMax?: number;
}

/**
 * Returns the next organizations that have records, with their counts. Each step of the recursion finds the next
 * organization in the index of the records, so no other rows are read.
 */
export async function listRecordsOfOrganizations(
  db: Db,
  { afterId, limit, countMax = Number.MAX_SAFE_INTEGER }: Look,
): Promise<RecordsOfOrganization[]> {
  const next = (after: string | ReturnType<typeof sql.ref>) =>
    sql<string | null>`(select min(organization_id) from login_attempts where organization_id > ${after})`;
  const rows = await db
    // The count ends the recursion. SQLite runs a recursion to its end even if the outer query has a limit.
    .withRecursive('found(id, number)', (cte) =>
      cte.selectNoFrom([next(afterId).as('id'), sql<number>`1`.as('number')]).unionAll(
        cte
          .selectFrom('found')
          .select([next(sql.ref('found.id')).as('id'), sql<number>`found.number + 1`.as('number')])
          .where('found.id', 'is not', null)
          .where('found.number', '<', limit),
      ),
    )
    .selectFrom('found')
    .select((row) => {
      const own = row.selectFrom('login_attempts').whereRef('login_attempts.organization_id', '=', 'found.id');
      const countOf = (some: typeof own) =>
        row
          .selectFrom(some.select('login_attempts.id').limit(countMax).as('some'))
          .select((each) => each.fn.countAll<number>().as('count'));
      return [
        'found.id',
        own.select('created_at').orderBy('created_at').orderBy('login_attempts.id').limit(1).as('oldest'),
        countOf(own.where('outcome', '=', refused)).as('refused'),
        countOf(own.where('user_id', 'is not', null)).as('signed_in'),
      ];
    })
    .where('found.id', 'is not', null)
    .execute();
  return rows.map(({ id, oldest, ...count }) => ({
    id: id ?? '',
    oldestMs: oldest,
    refused: Number(count.refused),
    signedIn: Number(count.signed_in),
  }));
}

/** Records of one kind, or all records. `null` selects records without an organization. */
export interface RecordsMeant {
  readonly organizationId: string | null;
  readonly kind: 'refused' | 'signed-in' | 'omitted' | 'all';
}

/** A position in the order of an organization's records. */
export interface RecordPlace {
  readonly created_at: number;
  readonly id: string;
}

/** Returns the record that has `skipped` newer ones among the records older than `olderThan`. */
export async function findFirstBeyond(
  db: Db,
  { olderThan, ...meant }: RecordsMeant & { readonly olderThan?: RecordPlace | undefined },
  skipped: number,
): Promise<RecordPlace | undefined> {
  const some = records(db, meant).select(['created_at', 'id']);
  const older =
    olderThan === undefined
      ? some
      : some
          .where('created_at', '<=', olderThan.created_at)
          .where((row) => row.or([row('created_at', '<', olderThan.created_at), row('id', '<', olderThan.id)]));
  return older.orderBy('created_at', 'desc').orderBy('id', 'desc').offset(skipped).limit(1).executeTakeFirst();
}

/** Deletes the oldest records up to a position, at most `limit` of them. Returns how many. */
export async function deleteRecords(
  tx: Tx,
  meant: RecordsMeant,
  { upTo, limit }: { upTo: RecordPlace; limit: number },
): Promise<number> {
  const oldest = records(tx, meant)
    .select('id')
    .where('created_at', '<=', upTo.created_at)
    .where((row) => row.or([row('created_at', '<', upTo.created_at), row('id', '<=', upTo.id)]))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('login_attempts').where('id', 'in', oldest).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * Deletes old counts. A minute whose refusals were all recorded is deleted early, any other together with the records.
 */
export async function deleteRefusalCounts(
  tx: Tx,
  { kind, beforeMs, limit }: { kind: 'all-recorded' | 'some-omitted'; beforeMs: number; limit: number },
): Promise<number> {
  const some = tx
    .selectFrom('refused_login_attempt_counts')
    .select(['organization_id', 'minute_at'])
    .where('omitted', kind === 'all-recorded' ? '=' : '>', sql.lit(0))
    .where('minute_at', '<', beforeMs)
    .limit(limit);
  const { numDeletedRows } = await tx
    .deleteFrom('refused_login_attempt_counts')
    .where(({ eb, refTuple }) =>
      eb(refTuple('organization_id', 'minute_at'), 'in', some.$asTuple('organization_id', 'minute_at')),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function records(db: Db | Tx, { organizationId, kind }: RecordsMeant) {
  const all = db.selectFrom('login_attempts');
  const own =
    organizationId === null
      ? all.where('organization_id', 'is', null)
      : all.where('organization_id', '=', organizationId);
  switch (kind) {
    case 'refused':
      return own.where('outcome', '=', refused);
    case 'signed-in':
      return own.where('user_id', 'is not', null);
    case 'omitted':
      return own.where('details', '=', omittedDetails);
    case 'all':
      return own;
    default:
      return kind satisfies never;
  }
}
