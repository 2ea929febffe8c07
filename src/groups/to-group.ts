import type { Group, GroupMember, GroupUser } from '../contract/groups.ts';
import type { ListedMember, PossibleMember, StoredGroup } from './queries.ts';

/** A group as the API shows it. */
export function toGroup({ id, organizationId, name, slug, role, createdAtMs, updatedAtMs }: StoredGroup): Group {
  return {
    id,
    orgId: organizationId,
    name,
    slug,
    createdAt: new Date(createdAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
    role,
    roleId: null,
  };
}

/** A member who was added to a group or removed from it. */
export function toGroupMember({ id, email, username, firstName, lastName }: PossibleMember): GroupMember {
  return { id, email, username, firstName, lastName };
}

/** A member of the organization in a group's list. */
export function toGroupUser(member: ListedMember): GroupUser {
  return {
    ...toGroupMember(member),
    isPartOfGroup: member.joinedAtMs !== undefined,
    joinedGroupAt: member.joinedAtMs === undefined ? null : new Date(member.joinedAtMs).toISOString(),
  };
}
