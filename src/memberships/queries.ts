import type { Updateable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import type { MembershipFilter } from '../contract/memberships.ts';
import type { Role } from '../contract/shapes.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { namesHold } from '../storage/text-search.ts';
import { toBit } from '../storage/schema/codecs.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** Members of one organization. */
export type MembersWanted = MembershipFilter & { readonly organizationId: OrganizationId };

/**
 * A page of an organization's members by e-mail address, which is the order of an index, so that no sorting is needed.
 * Users' names are read only for the page.
 */
export async function listMembershipRows(
  db: Db,
  wanted: MembersWanted,
  { offset, limit }: { offset: number; limit: number },
) {
  const page = selectMembers(db, wanted)
    .select('memberships.id')
    .orderBy('memberships.email_key')
    .offset(offset)
    .limit(limit);
  return selectRows(db).where('memberships.id', 'in', page).orderBy('memberships.email_key').execute();
}

export async function countMembershipRows(db: Db, wanted: MembersWanted): Promise<number> {
  const { count } = await selectMembers(db, wanted)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The named members that belong to an organization. */
export async function findMembershipRows(
  db: Db | Tx,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<MembershipRow[]> {
  const known = ids.filter(isIdentifier);
  if (known.length === 0) return [];
  return selectRows(db)
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.id', 'in', known)
    .orderBy('memberships.email_key')
    .execute();
}

/** The roles of users' groups in an organization, one row per user and role. */
export async function listGroupRoles(db: Db | Tx, organizationId: OrganizationId, userIds: readonly string[]) {
  if (userIds.length === 0) return [];
  return db
    .selectFrom('group_memberships')
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select(['group_memberships.user_id', 'groups.role'])
    .distinct()
    .where('group_memberships.organization_id', '=', organizationId)
    .where('group_memberships.user_id', 'in', userIds)
    .execute();
}

export async function updateMembershipRow(
  tx: Tx,
  id: string,
  change: Updateable<Schema['memberships']>,
): Promise<void> {
  await tx.updateTable('memberships').set(change).where('id', '=', id).execute();
}

/** Removes users from an organization and its groups. Their linked identities stay. */
export async function deleteMembershipRows(
  tx: Tx,
  organizationId: OrganizationId,
  userIds: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('group_memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', userIds)
    .execute();
  await tx
    .deleteFrom('memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', userIds)
    .execute();
}

function selectRows(db: Db | Tx) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .selectAll('memberships')
    .select(['users.username', 'users.email', 'users.first_name', 'users.last_name', 'users.is_email_verified']);
}

export type MembershipRow = Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number];

function selectMembers(db: Db, { organizationId, role, status, isActive, search }: MembersWanted) {
  let query = db.selectFrom('memberships').where('memberships.organization_id', '=', organizationId);
  if (status !== undefined) query = query.where('memberships.status', '=', status);
  if (isActive !== undefined) query = query.where('memberships.is_active', '=', toBit(isActive));
  if (search !== undefined && search !== '') {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('users')
          .select('users.id')
          .whereRef('users.id', '=', 'memberships.user_id')
          .where(namesHold(search)),
      ),
    );
  }
  if (role === undefined) return query;
  const inGroupsOf = (held: Role) =>
    db
      .selectFrom('groups')
      .innerJoin('group_memberships', 'group_memberships.group_id', 'groups.id')
      .select('group_memberships.user_id')
      .where('group_memberships.organization_id', '=', organizationId)
      .where('groups.organization_id', '=', organizationId)
      .where('groups.role', '=', held);
  // The strongest of the member's own role and their groups' roles, as `strongestRole` decides it for one member.
  return query.where(({ eb, and, or, not }) => {
    const isAdmin = or([eb('memberships.role', '=', 'admin'), eb('memberships.user_id', 'in', inGroupsOf('admin'))]);
    if (role === 'admin') return isAdmin;
    const isMember = or([eb('memberships.role', '=', 'member'), eb('memberships.user_id', 'in', inGroupsOf('member'))]);
    return and([not(isAdmin), role === 'member' ? isMember : not(isMember)]);
  });
}
