import type { Insertable, Updateable } from 'kysely';

import type { OrganizationRow } from '../access/queries.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export async function findIdOfSlug(db: Db | Tx, slug: string): Promise<string | undefined> {
  const row = await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  return row?.id;
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
