import type { Selectable } from 'kysely';

import type { OidcConfigRow } from '../sso-config/queries.ts';
import type { OrganizationRow } from '../organizations/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema.ts';

export type AttemptRow = Selectable<Schema['login_attempts']>;

/** Claims an attempt: true for the first caller only, however many there are and on whatever node. */
export async function claimAttempt(tx: Tx, row: AttemptRow): Promise<boolean> {
  const result = await tx
    .insertInto('login_attempts')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Records an attempt that ended before it had reached the identity provider. */
export async function insertAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  await tx.insertInto('login_attempts').values(row).execute();
}

export async function finishAttempt(
  tx: Tx,
  id: string,
  end: Pick<AttemptRow, 'outcome' | 'code' | 'user_id' | 'details' | 'finished_at'>,
): Promise<void> {
  await tx.updateTable('login_attempts').set(end).where('id', '=', id).execute();
}

export async function findAttempt(db: Db, id: string): Promise<AttemptRow | undefined> {
  return db.selectFrom('login_attempts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Removes records of attempts that are older than an operator keeps them. */
export async function deleteAttemptsBefore(tx: Tx, beforeMs: number): Promise<void> {
  await tx.deleteFrom('login_attempts').where('created_at', '<', beforeMs).execute();
}

export interface OrganizationWithConfig {
  readonly organization: OrganizationRow;
  readonly config: OidcConfigRow;
}

/** An organization and its active configuration. */
export async function findActiveConfig(
  db: Db | Tx,
  by: { slug: string } | { id: string },
): Promise<OrganizationWithConfig | undefined> {
  const query = db.selectFrom('organizations').selectAll();
  const organization = await (
    'slug' in by ? query.where('slug', '=', by.slug) : query.where('id', '=', by.id)
  ).executeTakeFirst();
  if (organization === undefined) return undefined;
  const config = await db
    .selectFrom('oidc_configs')
    .selectAll()
    .where('organization_id', '=', organization.id)
    .where('is_active', '=', 1)
    .executeTakeFirst();
  return config && { organization, config };
}

/** Removes sessions, and with them what their tokens prove, that expired before a moment. */
export async function deleteSessionsBefore(tx: Tx, beforeMs: number): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<', beforeMs).execute();
}
