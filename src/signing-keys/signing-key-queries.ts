import type { Selectable } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type SigningKeyRow = Selectable<Schema['signing_keys']>;

/** Signing keys of all algorithms in order of use, the newest last. */
export async function listSigningKeys(db: Db | Tx): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('active_from_at').orderBy('id').execute();
}

/** Adds the first key of an algorithm, so that nodes that start together agree on one. */
export async function insertFirstSigningKey(tx: Tx, row: SigningKeyRow): Promise<void> {
  const marker = { key: `first-signing-key-${row.algorithm}`, value: row.id };
  const claimed = await tx
    .insertInto('server_state')
    .values(marker)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (claimed.numInsertedOrUpdatedRows === 1n) await insertSigningKey(tx, row);
}

export async function insertSigningKey(tx: Tx, row: SigningKeyRow): Promise<void> {
  await tx.insertInto('signing_keys').values(row).execute();
}

/** Retires a key: its private key is deleted, its public key stays for the tokens that it signed. */
export async function retireSigningKey(
  tx: Tx,
  { id, retiredAt, verifyUntilAt }: { id: string; retiredAt: number; verifyUntilAt: number },
): Promise<void> {
  await tx
    .updateTable('signing_keys')
    .set({ retired_at: retiredAt, verify_until_at: verifyUntilAt, sealed_private_jwk: '' })
    .where('id', '=', id)
    .execute();
}

export async function deleteSigningKey(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('signing_keys').where('id', '=', id).execute();
}

/** When the last valid machine token expires; 0 without one. */
export async function findLastMachineTokenEnd(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('machine_tokens')
    .select((token) => token.fn.max('expires_at').as('last'))
    .where('is_revoked', '=', 0)
    .executeTakeFirst();
  return Number(row?.last ?? 0);
}
