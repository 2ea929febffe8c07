import type { Membership } from '../contract/memberships.ts';
import type { Role } from '../contract/shapes.ts';
import { strongestRole } from '../access/permissions.ts';
import { fromBit } from '../storage/schema/codecs.ts';
import type { MembershipRow } from './queries.ts';

/** A member as the API shows them, with the strongest of their own role and their groups' roles. */
export function toMembership(row: MembershipRow, groupRoles: readonly Role[]): Membership {
  return {
    id: row.id,
    role: strongestRole([row.role, ...groupRoles]),
    ownRole: row.role,
    status: row.status,
    inviteEmail: row.status === 'invited' ? row.email : null,
    userId: row.user_id,
    orgId: row.organization_id,
    isActive: fromBit(row.is_active),
    lastLoginAuthMethod: row.last_login_method,
    lastLoginTime: row.last_login_at === null ? null : new Date(row.last_login_at).toISOString(),
    user: {
      id: row.user_id,
      username: row.username,
      email: row.email,
      firstName: row.first_name,
      lastName: row.last_name,
      isEmailVerified: fromBit(row.is_email_verified),
    },
  };
}
