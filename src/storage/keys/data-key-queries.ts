import type { Insertable, Selectable } from 'kysely';

import type { Db, Tx } from '../database.ts';
import type { Schema } from '../schema/schema.ts';

export type DataKeyRow = Selectable<Schema['data_keys']>;
export type DataKeySealRow = Selectable<Schema['data_key_seals']>;

/** Data keys in order of use, the newest last. */
export async function listDataKeys(db: Db | Tx): Promise<DataKeyRow[]> {
  return db.selectFrom('data_keys').selectAll().orderBy('active_from_at').orderBy('created_at').orderBy('id').execute();
}

export async function listDataKeySeals(db: Db | Tx): Promise<DataKeySealRow[]> {
  return db.selectFrom('data_key_seals').selectAll().orderBy('data_key_id').orderBy('root_key_id').execute();
}

export async function insertDataKey(tx: Tx, row: Insertable<Schema['data_keys']>): Promise<void> {
  await tx.insertInto('data_keys').values(row).execute();
}

/** Adds a seal of a data key, unless another node has added it already. */
export async function insertDataKeySeal(tx: Tx, row: Insertable<Schema['data_key_seals']>): Promise<void> {
  await tx
    .insertInto('data_key_seals')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Removes all seals except those of one root key; returns how many. */
export async function deleteSealsOfOtherRootKeys(tx: Tx, rootKeyId: string): Promise<number> {
  const result = await tx.deleteFrom('data_key_seals').where('root_key_id', '<>', rootKeyId).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function setDataKeyRetired(tx: Tx, id: string, retiredAt: number): Promise<void> {
  await tx.updateTable('data_keys').set({ retired_at: retiredAt }).where('id', '=', id).execute();
}

/** Removes a data key with its seals. Whatever it sealed can never be opened again. */
export async function deleteDataKey(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('data_keys').where('id', '=', id).execute();
}

/** True for exactly one transaction of all nodes: it may create the first data key. */
export async function claimFirstDataKey(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .insertInto('server_state')
    .values({ key: 'first-data-key', value: id })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Locks all changes of keys until the transaction ends, so that only one node decides at a time. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx
    .insertInto('server_state')
    .values({ key: 'key-rotation', value: '' })
    .onConflict((on) => on.column('key').doUpdateSet({ value: '' }))
    .execute();
}
