import type { Insertable, Selectable, Updateable } from 'kysely';

import type { MachineIdentityId, OrganizationId, UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { inLockOrder, lockAlone, lockShared } from '../storage/named-locks.ts';
import { type Params, statement } from '../storage/statement.ts';
import { isIdentifier } from './identifier.ts';

export type OrganizationRow = Selectable<Schema['organizations']>;

export async function findOrganization(db: Db | Tx, id: OrganizationId): Promise<OrganizationRow | undefined> {
  return isIdentifier(id) ? organizationById.first(db, { id }) : undefined;
}

const organizationById = statement((db: Db | Tx, { id }: Params<{ id: string }>) =>
  db.selectFrom('organizations').selectAll().where('id', '=', id),
);

export async function findIdOfSlug(db: Db | Tx, slug: string): Promise<string | undefined> {
  const row = await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  return row?.id;
}

/**
 * Takes an organization's exclusive lock until the transaction ends. A change of permissions or settings takes it
 * first: no sign-in completes and no permission is checked until it commits. Counting against a limit takes it too, so
 * that concurrent requests cannot exceed the limit.
 *
 * The lock comes before every row, in the order of `docs/decisions/lock-order.md`.
 */
export async function lockOrganization(tx: Tx, id: OrganizationId): Promise<void> {
  await lockAlone(tx, id);
}

/** The same for several organizations, in one order, so that deadlock is impossible. */
export async function lockOrganizations(tx: Tx, ids: readonly OrganizationId[]): Promise<void> {
  for (const id of inLockOrder(ids)) await lockAlone(tx, id);
}

/**
 * Takes an organization's shared lock until the transaction ends: its settings, members, groups, domains and connection
 * do not change until then. Every transaction that signs a user in takes it first.
 */
export async function shareOrganization(tx: Tx, id: OrganizationId): Promise<void> {
  await lockShared(tx, id);
}

/**
 * Takes the lock of an organization's admins until the transaction ends. Every transaction that removes an admin's
 * permissions takes it, so that two of them cannot remove the last two admins. A sign-in with the organization's shared
 * lock may take it too.
 */
export async function lockAdmins(tx: Tx, id: OrganizationId): Promise<void> {
  // An update without a change locks the row on PostgreSQL without blocking readers and foreign keys. SQLite runs one
  // write transaction at a time.
  await tx
    .updateTable('organizations')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('id', '=', id)
    .execute();
}

/** The roles of an active member: their own and those of their groups. Empty for other users. */
export async function findMemberRoles(db: Db | Tx, organizationId: OrganizationId, userId: UserId): Promise<Role[]> {
  const rows = await memberRoles.all(db, { organizationId, userId });
  return [...new Set(rows.flatMap(({ own, of_group }) => (of_group === null ? [own] : [own, of_group])))];
}

const memberRoles = statement(
  (db: Db | Tx, { organizationId, userId }: Params<{ organizationId: OrganizationId; userId: UserId }>) =>
    db
      .selectFrom('memberships')
      .leftJoin('group_memberships', (join) =>
        join
          .onRef('group_memberships.organization_id', '=', 'memberships.organization_id')
          .onRef('group_memberships.user_id', '=', 'memberships.user_id'),
      )
      .leftJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select(['memberships.role as own', 'groups.role as of_group'])
      .distinct()
      .where('memberships.organization_id', '=', organizationId)
      .where('memberships.user_id', '=', userId)
      .where('memberships.status', '=', 'accepted')
      .where('memberships.is_active', '=', 1),
);

export async function findIdentityRole(
  db: Db | Tx,
  organizationId: OrganizationId,
  identityId: MachineIdentityId,
): Promise<Role | undefined> {
  const row = await db
    .selectFrom('machine_identities')
    .select('role')
    .where('id', '=', identityId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row?.role;
}

/** Adds an organization; `undefined` if its slug is taken. */
export async function insertOrganization(
  tx: Tx,
  row: Insertable<Schema['organizations']>,
): Promise<OrganizationRow | undefined> {
  return tx
    .insertInto('organizations')
    .values(row)
    .onConflict((on) => on.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
}

export async function insertMembership(tx: Tx, row: Insertable<Schema['memberships']>): Promise<void> {
  await tx.insertInto('memberships').values(row).execute();
}

/** The canonical form of a user's address, which is unique in an organization. */
export async function findEmailKey(db: Db | Tx, userId: UserId): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('email_key').where('id', '=', userId).executeTakeFirst();
  return row?.email_key;
}

/** Takes a user's lock until the transaction ends, for the same purpose as {@link lockOrganization}. */
export async function lockUser(tx: Tx, id: UserId): Promise<void> {
  await tx
    .updateTable('users')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('id', '=', id)
    .execute();
}

export async function countMembershipsOfUser(db: Db | Tx, userId: UserId): Promise<number> {
  const { count } = await db
    .selectFrom('memberships')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The organizations in which a user is an active member, by name. */
export async function listOrganizationsOfUser(
  db: Db | Tx,
  { userId, organizationId, limit }: { userId: UserId; organizationId: OrganizationId | undefined; limit: number },
) {
  const query = db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .leftJoin('connections', (join) =>
      join.onRef('connections.organization_id', '=', 'organizations.id').on('connections.is_active', '=', 1),
    )
    .selectAll('organizations')
    .select(['memberships.role', 'memberships.created_at as joined_at', 'connections.id as connection_id'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1)
    .orderBy('organizations.name')
    .orderBy('organizations.id')
    .limit(limit);
  return (
    organizationId === undefined ? query : query.where('memberships.organization_id', '=', organizationId)
  ).execute();
}

export type OrganizationOfUserRow = Awaited<ReturnType<typeof listOrganizationsOfUser>>[number];

/** The roles of a user's groups, with their organizations. */
export async function listGroupRolesOfUser(db: Db | Tx, userId: UserId) {
  return db
    .selectFrom('memberships')
    .innerJoin('group_memberships', (join) =>
      join
        .onRef('group_memberships.organization_id', '=', 'memberships.organization_id')
        .onRef('group_memberships.user_id', '=', 'memberships.user_id'),
    )
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select(['group_memberships.organization_id', 'groups.role'])
    .distinct()
    .where('memberships.user_id', '=', userId)
    .execute();
}

export async function updateOrganizationRow(
  tx: Tx,
  id: OrganizationId,
  change: Updateable<Schema['organizations']>,
): Promise<void> {
  await tx.updateTable('organizations').set(change).where('id', '=', id).execute();
}

/** What an enforcement depends on: whether a connection is active, and when a sign-in last proved that it works. */
export async function findEnforcementGround(db: Db | Tx, id: OrganizationId) {
  return db
    .selectFrom('connections')
    .select(['is_active', 'last_sign_in_at'])
    .where('organization_id', '=', id)
    .executeTakeFirst();
}
