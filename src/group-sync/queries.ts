import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Tx } from '../storage/database.ts';
import type { HeldGroup, RoleGroup } from './rules.ts';

/** The organization's groups with the given names, or all of them without names. */
export async function findGroups(
  tx: Tx,
  organizationId: OrganizationId,
  names: readonly string[] | undefined,
): Promise<RoleGroup[]> {
  if (names?.length === 0) return [];
  const query = tx.selectFrom('groups').select(['id', 'name', 'role']).where('organization_id', '=', organizationId);
  return (names === undefined ? query : query.where('name', 'in', names)).orderBy('name').execute();
}

export async function findHeldGroups(tx: Tx, organizationId: OrganizationId, userId: UserId): Promise<HeldGroup[]> {
  return tx
    .selectFrom('group_memberships')
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select(['groups.id', 'groups.name', 'groups.role', 'group_memberships.source'])
    .where('group_memberships.organization_id', '=', organizationId)
    .where('group_memberships.user_id', '=', userId)
    .orderBy('groups.name')
    .execute();
}

/** A member's own role without groups. */
export async function findOwnRole(tx: Tx, organizationId: OrganizationId, userId: UserId): Promise<Role | undefined> {
  const row = await tx
    .selectFrom('memberships')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.role;
}

export async function addToGroups(
  tx: Tx,
  groupIds: readonly string[],
  member: { userId: UserId; organizationId: OrganizationId; nowMs: number },
): Promise<void> {
  const rows = groupIds.map((groupId) => ({
    group_id: groupId,
    user_id: member.userId,
    organization_id: member.organizationId,
    source: 'idp' as const,
    created_at: member.nowMs,
  }));
  await tx
    .insertInto('group_memberships')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute();
}

export async function removeFromGroups(tx: Tx, groupIds: readonly string[], userId: UserId): Promise<void> {
  await tx
    .deleteFrom('group_memberships')
    .where('user_id', '=', userId)
    .where('source', '=', 'idp')
    .where('group_id', 'in', groupIds)
    .execute();
}
