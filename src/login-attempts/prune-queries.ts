import { sql } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import { omittedDetails } from './stored-record.ts';

/** What an organization has on record. */
export interface RecordsOfOrganization {
  readonly id: string;
  readonly oldestMs: number | null;
  readonly refused: number;
  readonly signedIn: number;
}

// Indexes of some rows are used where the condition stands in the statement itself.
const refused = sql.lit('refused' as const);

/** The organizations after one, in the order of their ids, with what each has on record. */
export async function listRecordsOfOrganizations(
  db: Db,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<RecordsOfOrganization[]> {
  const rows = await db
    .selectFrom('organizations')
    .select((row) => {
      const own = row.selectFrom('login_attempts').whereRef('login_attempts.organization_id', '=', 'organizations.id');
      const count = row.fn.countAll<number>().as('count');
      return [
        'organizations.id',
        own.select('created_at').orderBy('created_at').orderBy('login_attempts.id').limit(1).as('oldest'),
        own.where('outcome', '=', refused).select(count).as('refused'),
        own.where('user_id', 'is not', null).select(count).as('signed_in'),
      ];
    })
    .where('organizations.id', '>', afterId)
    .orderBy('organizations.id')
    .limit(limit)
    .execute();
  return rows.map(({ id, oldest, ...count }) => ({
    id,
    oldestMs: oldest,
    refused: Number(count.refused),
    signedIn: Number(count.signed_in),
  }));
}

/** Records of one kind, or all of them. `null` are those of no organization. */
export interface RecordsMeant {
  readonly organizationId: string | null;
  readonly kind: 'refused' | 'signed-in' | 'omitted' | 'all';
}

/** A place in the order of an organization's records. */
export interface RecordPlace {
  readonly created_at: number;
  readonly id: string;
}

/** The newest record that is one too many. */
export async function findFirstBeyond(db: Db, meant: RecordsMeant, keptMax: number): Promise<RecordPlace | undefined> {
  return records(db, meant)
    .select(['created_at', 'id'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(keptMax)
    .limit(1)
    .executeTakeFirst();
}

/** Deletes the oldest records up to a place, `limit` of them at most; returns how many. */
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

/** Forgets counts of minutes: soon where all were recorded, and with the records where some were not. */
export async function deleteRefusalCounts(
  tx: Tx,
  { recordedBeforeMs, omittedBeforeMs }: { recordedBeforeMs: number; omittedBeforeMs: number },
): Promise<void> {
  const counts = tx.deleteFrom('refused_attempt_counts');
  await counts.where('omitted', '=', sql.lit(0)).where('minute_at', '<', recordedBeforeMs).execute();
  await counts.where('omitted', '>', sql.lit(0)).where('minute_at', '<', omittedBeforeMs).execute();
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
