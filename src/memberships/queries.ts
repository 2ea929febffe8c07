import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { MembershipFilter } from '../contract/memberships.ts';
import type { Role } from '../contract/shapes.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { namesHold } from '../storage/text-search.ts';
import { fromBit, toBit } from '../storage/schema/codecs.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** A user in an organization. */
export interface Member {
  readonly id: string;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  /** Their own role without groups. */
  readonly role: Role;
  readonly status: string;
  readonly isActive: boolean;
  readonly lastLoginMethod: string | null;
  readonly lastLoginAtMs: number | null;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isEmailVerified: boolean;
}

/** How a member joined. */
export type MembershipSource = Schema['memberships']['source'];

/** Members of one organization. */
export type MembersWanted = MembershipFilter & { readonly organizationId: OrganizationId };

/**
 * A page of an organization's members by e-mail address, which is the order of an index, so that no sorting is needed.
 * Users' names are read only for the page.
 */
export async function listMembers(
  db: Db,
  wanted: MembersWanted,
  { offset, limit }: { offset: number; limit: number },
): Promise<Member[]> {
  const page = selectMembers(db, wanted)
    .select('memberships.id')
    .orderBy('memberships.email_key')
    .offset(offset)
    .limit(limit);
  const rows = await selectRows(db).where('memberships.id', 'in', page).orderBy('memberships.email_key').execute();
  return rows.map(toMember);
}

export async function countMembers(db: Db, wanted: MembersWanted): Promise<number> {
  const { count } = await selectMembers(db, wanted)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The named members that belong to an organization. */
export async function findMembers(
  db: Db | Tx,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<Member[]> {
  const known = ids.filter(isIdentifier);
  if (known.length === 0) return [];
  const rows = await selectRows(db)
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.id', 'in', known)
    .orderBy('memberships.email_key')
    .execute();
  return rows.map(toMember);
}

/** The different roles of users' groups in an organization, by user. */
export async function listGroupRoles(
  db: Db | Tx,
  organizationId: OrganizationId,
  userIds: readonly string[],
): Promise<Map<string, Role[]>> {
  const rolesByUser = new Map<string, Role[]>();
  if (userIds.length === 0) return rolesByUser;
  const rows = await db
    .selectFrom('group_memberships')
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select(['group_memberships.user_id', 'groups.role'])
    .distinct()
    .where('group_memberships.organization_id', '=', organizationId)
    .where('group_memberships.user_id', 'in', userIds)
    .execute();
  for (const { user_id: userId, role } of rows) rolesByUser.set(userId, [...(rolesByUser.get(userId) ?? []), role]);
  return rolesByUser;
}

/** Adds an active membership. */
export async function insertMembership(
  tx: Tx,
  member: {
    readonly id: string;
    readonly organizationId: OrganizationId;
    readonly userId: UserId;
    readonly emailKey: string;
    readonly role: Role;
    readonly source: MembershipSource;
    readonly loginMethod?: 'oidc';
    readonly nowMs: number;
  },
): Promise<void> {
  await tx
    .insertInto('memberships')
    .values({
      id: member.id,
      organization_id: member.organizationId,
      user_id: member.userId,
      role: member.role,
      status: 'accepted',
      email_key: member.emailKey,
      is_active: toBit(true),
      source: member.source,
      created_at: member.nowMs,
      updated_at: member.nowMs,
      last_login_method: member.loginMethod ?? null,
      last_login_at: member.loginMethod === undefined ? null : member.nowMs,
    })
    .execute();
}

export async function updateMember(
  tx: Tx,
  id: string,
  { role, isActive, nowMs }: { role: Role; isActive: boolean; nowMs: number },
): Promise<void> {
  const change = { role, is_active: toBit(isActive), updated_at: nowMs };
  await tx.updateTable('memberships').set(change).where('id', '=', id).execute();
}

/** Removes users from an organization and its groups. Their linked identities stay. */
export async function deleteMemberships(
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

type Row = Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number];

function toMember(row: Row): Member {
  return {
    id: row.id,
    organizationId: asId<OrganizationId>(row.organization_id),
    userId: asId<UserId>(row.user_id),
    role: row.role,
    status: row.status,
    isActive: fromBit(row.is_active),
    lastLoginMethod: row.last_login_method,
    lastLoginAtMs: row.last_login_at,
    username: row.username,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    isEmailVerified: fromBit(row.is_email_verified),
  };
}

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
