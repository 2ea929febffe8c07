import type { Group, GroupMember, GroupUser } from '../contract/groups.ts';
import type { GroupRow, MemberRow, NamedMemberRow } from './queries.ts';

/** A group as the API shows it. */
export function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    orgId: row.organization_id,
    name: row.name,
    slug: row.slug,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    role: row.role,
    roleId: null,
  };
}

/** A member who was added to a group or removed from it. */
export function toGroupMember(row: NamedMemberRow): GroupMember {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
  };
}

/** A member of the organization in a group's list. */
export function toGroupUser(row: MemberRow): GroupUser {
  return {
    ...toGroupMember(row),
    isPartOfGroup: row.joined_at !== null,
    joinedGroupAt: row.joined_at === null ? null : new Date(row.joined_at).toISOString(),
  };
}
