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
  readonly organization: Pick<OrganizationRow, 'id' | 'slug' | 'default_membership_role' | 'user_token_expiration'>;
  readonly config: OidcConfigRow;
}

/** An organization and its active configuration, of one moment. */
export async function findActiveConfig(
  db: Db | Tx,
  by: { slug: string } | { id: string },
): Promise<OrganizationWithConfig | undefined> {
  const query = db
    .selectFrom('organizations')
    .innerJoin('oidc_configs', 'oidc_configs.organization_id', 'organizations.id')
    .selectAll('oidc_configs')
    .select(['organizations.slug', 'organizations.default_membership_role', 'organizations.user_token_expiration'])
    .where('oidc_configs.is_active', '=', 1);
  const row = await (
    'slug' in by ? query.where('organizations.slug', '=', by.slug) : query.where('organizations.id', '=', by.id)
  ).executeTakeFirst();
  if (row === undefined) return undefined;
  const { slug, default_membership_role, user_token_expiration, ...config } = row;
  const organization = { id: config.organization_id, slug, default_membership_role, user_token_expiration };
  return { organization, config };
}

/** Removes sessions, and with them what their tokens prove, that expired before a moment. */
export async function deleteSessionsBefore(tx: Tx, beforeMs: number): Promise<void> {
  await tx.deleteFrom('sessions').where('expires_at', '<', beforeMs).execute();
}
