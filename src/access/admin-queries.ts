import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';

/** Whether an organization has an active admin, by their own role or a group's. One user can be excluded. */
export async function hasAdmin(
  db: Db | Tx,
  organizationId: OrganizationId,
  { besides }: { besides?: UserId } = {},
): Promise<boolean> {
  const own = activeMembers(db, organizationId, besides).where('memberships.role', '=', 'admin').limit(1);
  if ((await own.executeTakeFirst()) !== undefined) return true;
  const byGroup = activeMembers(db, organizationId, besides)
    .innerJoin('group_memberships', (join) =>
      join
        .onRef('group_memberships.organization_id', '=', 'memberships.organization_id')
        .onRef('group_memberships.user_id', '=', 'memberships.user_id'),
    )
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .where('groups.organization_id', '=', organizationId)
    .where('groups.role', '=', 'admin')
    .limit(1);
  return (await byGroup.executeTakeFirst()) !== undefined;
}

function activeMembers(db: Db | Tx, organizationId: OrganizationId, besides: UserId | undefined) {
  const query = db
    .selectFrom('memberships')
    .select('memberships.id')
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1);
  return besides === undefined ? query : query.where('memberships.user_id', '!=', besides);
}

/** Whether an account is an instance admin. */
export async function isInstanceAdmin(
  db: Db | Tx,
  account: { kind: 'user' | 'identity'; id: string },
): Promise<boolean> {
  const row = await (
    account.kind === 'user'
      ? db.selectFrom('users').select('id').where('id', '=', account.id).where('is_instance_admin', '=', 1)
      : db.selectFrom('machine_identities').select('id').where('id', '=', account.id).where('is_instance_admin', '=', 1)
  ).executeTakeFirst();
  return row !== undefined;
}
