import type { Selectable } from 'kysely';

import type { MachineIdentityId, OrganizationId, UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema.ts';

export type OrganizationRow = Selectable<Schema['organizations']>;

export async function findOrganization(db: Db | Tx, id: OrganizationId): Promise<OrganizationRow | undefined> {
  return db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findOrganizationBySlug(db: Db | Tx, slug: string): Promise<OrganizationRow | undefined> {
  return db.selectFrom('organizations').selectAll().where('slug', '=', slug).executeTakeFirst();
}

/** The roles that an active member holds: their own and those of their groups. None when they are no active member. */
export async function findMemberRoles(db: Db | Tx, organizationId: OrganizationId, userId: UserId): Promise<Role[]> {
  const own = await db
    .selectFrom('memberships')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('status', '=', 'accepted')
    .where('is_active', '=', 1)
    .executeTakeFirst();
  if (own === undefined) return [];
  const ofGroups = await db
    .selectFrom('group_memberships')
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select('groups.role')
    .where('group_memberships.organization_id', '=', organizationId)
    .where('group_memberships.user_id', '=', userId)
    .execute();
  return [own.role, ...ofGroups.map((group) => group.role)];
}

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
