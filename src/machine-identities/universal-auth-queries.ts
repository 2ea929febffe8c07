import type { Insertable, Selectable, Updateable } from 'kysely';

import { isIdentifier } from '../contract/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

type UniversalAuthTable = Schema['universal_auths'];
type ClientSecretTable = Schema['client_secrets'];

export type UniversalAuthRow = Selectable<UniversalAuthTable>;
export type ClientSecretRow = Selectable<ClientSecretTable>;

export async function findUniversalAuth(db: Db | Tx, identityId: string): Promise<UniversalAuthRow | undefined> {
  return db.selectFrom('universal_auths').selectAll().where('identity_id', '=', identityId).executeTakeFirst();
}

/** Adds an identity's universal auth; false if it has one. */
export async function insertUniversalAuth(tx: Tx, row: Insertable<UniversalAuthTable>): Promise<boolean> {
  const result = await tx
    .insertInto('universal_auths')
    .values(row)
    .onConflict((on) => on.column('identity_id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function updateUniversalAuthRow(
  tx: Tx,
  id: string,
  changes: Updateable<UniversalAuthTable>,
): Promise<void> {
  await tx.updateTable('universal_auths').set(changes).where('id', '=', id).execute();
}

/** Deletes a universal auth with its client secrets and the tokens they obtained. */
export async function deleteUniversalAuthRow(tx: Tx, { id, identity_id }: UniversalAuthRow): Promise<void> {
  await tx
    .deleteFrom('machine_tokens')
    .where('identity_id', '=', identity_id)
    .where('client_secret_id', 'is not', null)
    .execute();
  await tx.deleteFrom('universal_auths').where('id', '=', id).execute();
}

/** Reads a universal auth by its client id and locks it until the transaction ends. */
export async function lockUniversalAuth(tx: Tx, clientId: string): Promise<UniversalAuthRow | undefined> {
  // An update without a change locks the row on PostgreSQL and returns its latest version (PostgreSQL manual, section
  // 13.2.1). SQLite has one writer and no `for update`.
  return tx
    .updateTable('universal_auths')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('client_id', '=', clientId)
    .returningAll()
    .executeTakeFirst();
}

/** Adds a client secret to an identity's universal auth. */
export async function insertClientSecret(tx: Tx, row: Insertable<ClientSecretTable>): Promise<void> {
  await tx.insertInto('client_secrets').values(row).execute();
}

export async function findClientSecret(
  db: Db | Tx,
  { id, universalAuthId }: { id: string; universalAuthId: string },
): Promise<ClientSecretRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return db
    .selectFrom('client_secrets')
    .selectAll()
    .where('id', '=', id)
    .where('universal_auth_id', '=', universalAuthId)
    .executeTakeFirst();
}

/** Client secrets: first the valid ones, then the revoked ones, newest first. */
export async function listClientSecretRows(
  db: Db | Tx,
  universalAuthId: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<ClientSecretRow[]> {
  return db
    .selectFrom('client_secrets')
    .selectAll()
    .where('universal_auth_id', '=', universalAuthId)
    .orderBy('is_revoked')
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function countClientSecrets(db: Db | Tx, universalAuthId: string): Promise<number> {
  const { count } = await db
    .selectFrom('client_secrets')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('universal_auth_id', '=', universalAuthId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function countLiveClientSecrets(db: Db | Tx, universalAuthId: string): Promise<number> {
  const { count } = await db
    .selectFrom('client_secrets')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('universal_auth_id', '=', universalAuthId)
    .where('is_revoked', '=', 0)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findClientSecretByHash(
  db: Db | Tx,
  { universalAuthId, secretHash }: { universalAuthId: string; secretHash: string },
): Promise<ClientSecretRow | undefined> {
  return db
    .selectFrom('client_secrets')
    .selectAll()
    .where('universal_auth_id', '=', universalAuthId)
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst();
}

/**
 * Counts one use of a client secret and returns it; `undefined` if it is revoked, expired or used up now. Concurrent
 * callers wait for the row, so a limit of N uses is exact.
 */
export async function useClientSecret(
  tx: Tx,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<ClientSecretRow | undefined> {
  return tx
    .updateTable('client_secrets')
    .set((row) => ({ num_uses: row('num_uses', '+', 1), last_used_at: nowMs }))
    .where('id', '=', id)
    .where('is_revoked', '=', 0)
    .where((row) => row.or([row('num_uses_limit', '=', 0), row('num_uses', '<', row.ref('num_uses_limit'))]))
    .where((row) =>
      row.or([row('ttl_seconds', '=', 0), row(row('created_at', '+', row('ttl_seconds', '*', 1000)), '>', nowMs)]),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Revokes a client secret and the tokens it obtained; false if it was revoked already. */
export async function revokeClientSecretRow(
  tx: Tx,
  { id, identityId, nowMs }: { id: string; identityId: string; nowMs: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('client_secrets')
    .set({ is_revoked: 1, updated_at: nowMs })
    .where('id', '=', id)
    .where('is_revoked', '=', 0)
    .executeTakeFirst();
  await tx
    .updateTable('machine_tokens')
    .set({ is_revoked: 1 })
    .where('identity_id', '=', identityId)
    .where('client_secret_id', '=', id)
    .where('is_revoked', '=', 0)
    .execute();
  return result.numUpdatedRows === 1n;
}
