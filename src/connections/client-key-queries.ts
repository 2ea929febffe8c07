import type { Selectable } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type ClientKeyRow = Selectable<Schema['client_keys']>;

/** The keys of a connection that are published at a time, in order of use. */
export async function listClientKeys(
  db: Db | Tx,
  { configId, nowMs }: { configId: string; nowMs: number },
): Promise<ClientKeyRow[]> {
  const rows = await db
    .selectFrom('client_keys')
    .selectAll()
    .where('connection_id', '=', configId)
    .where((where) => where.or([where('publish_until_at', 'is', null), where('publish_until_at', '>', nowMs)]))
    .execute();
  return rows.toSorted((one, other) => one.active_from_at - other.active_from_at || endOf(one) - endOf(other));
}

// Of two keys with the same start, the one that ends first is earlier. A key without an end is last.
function endOf({ publish_until_at: untilMs }: ClientKeyRow): number {
  return untilMs ?? Number.MAX_SAFE_INTEGER;
}

export async function insertClientKey(tx: Tx, row: ClientKeyRow): Promise<void> {
  await tx.insertInto('client_keys').values(row).execute();
}

/** Ends the publication of all keys of a connection at a time, unless it ends earlier. */
export async function endClientKeys(tx: Tx, configId: string, untilMs: number): Promise<void> {
  await tx
    .updateTable('client_keys')
    .set({ publish_until_at: untilMs })
    .where('connection_id', '=', configId)
    .where((where) => where.or([where('publish_until_at', 'is', null), where('publish_until_at', '>', untilMs)]))
    .execute();
}

export async function deleteClientKeys(tx: Tx, configId: string): Promise<void> {
  await tx.deleteFrom('client_keys').where('connection_id', '=', configId).execute();
}

/** Removes keys that are no longer published. */
export async function deleteClientKeysBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx
    .selectFrom('client_keys')
    .select('id')
    .where('publish_until_at', '<=', beforeMs)
    .where('publish_until_at', 'is not', null)
    .limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('client_keys').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
