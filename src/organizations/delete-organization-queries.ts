import type { Insertable } from 'kysely';

import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Db, Engine, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** Users per statement, because engines limit the parameters of a statement. */
const usersPerStatementMax = 500;

export async function holdsInstanceAdmin(db: Db | Tx, organizationId: OrganizationId): Promise<boolean> {
  const row = await db
    .selectFrom('machine_identities')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('is_instance_admin', '=', 1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The names in the operator's settings that are bound to the organization. */
export async function listVouchedNames(db: Db | Tx, organizationId: OrganizationId): Promise<string[]> {
  const rows = await db
    .selectFrom('operator_domains')
    .select('configured_organization')
    .where('organization_id', '=', organizationId)
    .execute();
  return rows.map((row) => row.configured_organization);
}

/**
 * The users with a membership or an identity in an organization. Each is locked, so that no one adds them to another
 * organization until the transaction ends. SQLite has one writer at a time.
 */
export async function lockUsersOf(tx: Tx, organizationId: OrganizationId, engine: Engine): Promise<string[]> {
  const members = tx.selectFrom('memberships').select('user_id').where('organization_id', '=', organizationId);
  const known = tx.selectFrom('user_identities').select('user_id').where('organization_id', '=', organizationId);
  const users = tx
    .selectFrom('users')
    .select('id')
    .where((row) => row.or([row('id', 'in', members), row('id', 'in', known)]))
    .orderBy('id');
  const rows = await (engine === 'postgres' ? users.forUpdate() : users).execute();
  return rows.map(({ id }) => id);
}

export async function countOf(
  db: Db | Tx,
  table: 'groups' | 'machine_identities' | 'memberships' | 'sessions',
  organizationId: OrganizationId,
): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * Deletes an organization. Rows that refer to it are deleted by cascade; the others are listed here. The audit trail
 * stays.
 */
export async function deleteOrganizationRows(tx: Tx, organizationId: OrganizationId): Promise<void> {
  await tx.deleteFrom('refused_login_attempt_counts').where('organization_id', '=', organizationId).execute();
  await tx.deleteFrom('operator_domains').where('organization_id', '=', organizationId).execute();
  await tx.deleteFrom('organizations').where('id', '=', organizationId).execute();
}

/** Deletes the users who belong to no other organization and are not instance admins; returns their number. */
export async function deleteUsersOfNoOrganization(tx: Tx, ids: readonly string[]): Promise<number> {
  let deleted = 0;
  for (let index = 0; index < ids.length; index += usersPerStatementMax) {
    const result = await tx
      .deleteFrom('users')
      .where('id', 'in', ids.slice(index, index + usersPerStatementMax))
      .where('is_instance_admin', '=', 0)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('memberships').select('id').whereRef('memberships.user_id', '=', 'users.id'))),
      )
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('user_identities').select('id').whereRef('user_identities.user_id', '=', 'users.id'))),
      )
      .executeTakeFirst();
    deleted += Number(result.numDeletedRows);
  }
  return deleted;
}

export async function insertDeletedOrganization(
  tx: Tx,
  row: Insertable<Schema['deleted_organizations']>,
): Promise<void> {
  await tx.insertInto('deleted_organizations').values(row).execute();
}

export async function isDeletedOrganization(db: Db | Tx, id: string): Promise<boolean> {
  const row = await db.selectFrom('deleted_organizations').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

export async function isSlugOfDeleted(db: Db | Tx, slug: string): Promise<boolean> {
  const row = await db.selectFrom('deleted_organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  return row !== undefined;
}

/**
 * Rejects the slug of a deleted organization, because the links of its former members use it.
 *
 * @throws `slug_taken`
 */
export async function requireSlugOfNoDeleted(db: Db | Tx, slug: string): Promise<void> {
  if (await isSlugOfDeleted(db, slug)) throw appError('slug_taken', { meta: { reason: 'deleted_organization' } });
}
