import type { Membership } from '../contract/memberships.ts';
import type { Role } from '../contract/shapes.ts';
import { strongestRole } from '../access/permissions.ts';
import type { Member } from './queries.ts';

/** A member as the API shows them, with the strongest of their own role and their groups' roles. */
export function toMembership(member: Member, groupRoles: readonly Role[]): Membership {
  const { id, role, status, userId, username, email, firstName, lastName, isEmailVerified } = member;
  return {
    id,
    role: strongestRole([role, ...groupRoles]),
    ownRole: role,
    status,
    inviteEmail: status === 'invited' ? email : null,
    userId,
    orgId: member.organizationId,
    isActive: member.isActive,
    lastLoginAuthMethod: member.lastLoginMethod,
    lastLoginTime: member.lastLoginAtMs === null ? null : new Date(member.lastLoginAtMs).toISOString(),
    user: { id: userId, username, email, firstName, lastName, isEmailVerified },
  };
}
