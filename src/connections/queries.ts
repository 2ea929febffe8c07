import type { Insertable, Selectable, Updateable } from 'kysely';

import type { OidcConfigId, OrganizationId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type OidcConfigRow = Selectable<Schema['connections']>;

export async function findOidcConfig(db: Db | Tx, organizationId: OrganizationId): Promise<OidcConfigRow | undefined> {
  return db.selectFrom('connections').selectAll().where('organization_id', '=', organizationId).executeTakeFirst();
}

export async function findConfigById(db: Db | Tx, id: string): Promise<OidcConfigRow | undefined> {
  return db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Adds a connection; false if the organization has one already. */
export async function insertOidcConfig(tx: Tx, row: Insertable<Schema['connections']>): Promise<boolean> {
  const result = await tx
    .insertInto('connections')
    .values(row)
    .onConflict((on) => on.column('organization_id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Changes a connection that is still at `revision`; false if it was changed or deleted meanwhile. */
export async function updateOidcConfig(
  tx: Tx,
  { id, revision }: { id: OidcConfigId; revision: number },
  change: Updateable<Schema['connections']>,
): Promise<boolean> {
  const result = await tx
    .updateTable('connections')
    .set({ ...change, revision: revision + 1 })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function deleteOidcConfig(
  tx: Tx,
  { id, revision }: { id: OidcConfigId; revision: number },
): Promise<boolean> {
  const result = await tx
    .deleteFrom('connections')
    .where('id', '=', id)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Stores pinned values that are not set yet. */
export async function setProviderPins(
  tx: Tx,
  { id, revision }: { id: string; revision: number },
  { tokenEndpointOrigin, issuer }: { tokenEndpointOrigin: string; issuer: string },
): Promise<void> {
  const pins = [
    ['token_endpoint_origin', tokenEndpointOrigin],
    ['pinned_issuer', issuer],
  ] as const;
  for (const [column, value] of pins) {
    await tx
      .updateTable('connections')
      .set({ [column]: value })
      .where('id', '=', id)
      .where('revision', '=', revision)
      .where(column, 'is', null)
      .execute();
  }
}

/** Records that a user signed in through a connection, unless it has changed since. */
export async function markSignIn(
  tx: Tx,
  { id, revision, nowMs }: { id: string; revision: number; nowMs: number },
): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ last_sign_in_at: nowMs })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('last_sign_in_at', 'is', null)
    .execute();
}
