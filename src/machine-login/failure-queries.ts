import type { Db, Tx } from '../storage/database.ts';
import type { FailureCount } from './lockout.ts';

/** Failed logins at one universal auth from one network. */
export interface FailuresAt {
  /** The empty string for an unknown client id: every statement then finds and writes nothing. */
  readonly universalAuthId: string;
  readonly networkHash: string;
}

export async function findFailures(db: Db | Tx, at: FailuresAt): Promise<FailureCount | undefined> {
  return db
    .selectFrom('universal_auth_failures')
    .select(['failed_count', 'last_failed_at', 'locked_until_at'])
    .where('universal_auth_id', '=', at.universalAuthId)
    .where('network_hash', '=', at.networkHash)
    .executeTakeFirst();
}

/** Stores the count. It inserts from a select, so that an unknown universal auth runs the same statement. */
export async function saveFailures(tx: Tx, at: FailuresAt, count: FailureCount & { last_failed_at: number }) {
  await tx
    .insertInto('universal_auth_failures')
    .columns(['universal_auth_id', 'network_hash', 'failed_count', 'last_failed_at', 'locked_until_at'])
    .expression(
      tx
        .selectFrom('universal_auths')
        .where('id', '=', at.universalAuthId)
        .select((row) => [
          'id',
          row.cast<string>(row.val(at.networkHash), 'text').as('network_hash'),
          row.cast<number>(row.val(count.failed_count), 'bigint').as('failed_count'),
          row.cast<number>(row.val(count.last_failed_at), 'bigint').as('last_failed_at'),
          row.cast<number | null>(row.val(count.locked_until_at), 'bigint').as('locked_until_at'),
        ]),
    )
    .onConflict((on) => on.columns(['universal_auth_id', 'network_hash']).doUpdateSet(count))
    .execute();
}

export async function forgetFailures(tx: Tx, at: FailuresAt): Promise<void> {
  await tx
    .deleteFrom('universal_auth_failures')
    .where('universal_auth_id', '=', at.universalAuthId)
    .where('network_hash', '=', at.networkHash)
    .execute();
}

/** Deletes counts whose last failure, and the longest possible lock after it, are over. Returns their number. */
export async function deleteFailuresBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('universal_auth_failures')
    .where((row) =>
      row(
        row.refTuple('universal_auth_id', 'network_hash'),
        'in',
        row
          .selectFrom('universal_auth_failures')
          .select(['universal_auth_id', 'network_hash'])
          .where('last_failed_at', '<', beforeMs)
          .limit(limit)
          .$asTuple('universal_auth_id', 'network_hash'),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
