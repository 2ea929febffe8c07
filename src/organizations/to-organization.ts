import type { Organization, OrganizationOfMember, Provisioning } from '../contract/organizations.ts';
import type { Role } from '../contract/shapes.ts';
import { strongestRole } from '../access/permissions.ts';
import type { OrganizationRow } from '../access/queries.ts';
import type { OrganizationOfUserRow } from './queries.ts';

/** An organization as the API shows it. */
export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    authEnforced: row.auth_enforced === 1,
    defaultMembershipRole: row.default_membership_role,
    bypassOrgAuthEnabled: row.bypass_org_auth_enabled === 1,
    userTokenExpiration: row.user_token_expiration,
  };
}

/** The provisioning policy as the API shows it. */
export function toProvisioning(row: OrganizationRow): Provisioning {
  return { provisioningPolicy: row.provisioning_policy };
}

/** An organization as one of its members sees it, with the strongest of their own role and their groups' roles. */
export function toOrganizationOfMember(row: OrganizationOfUserRow, groupRoles: readonly Role[]): OrganizationOfMember {
  return {
    ...toOrganization(row),
    userRole: strongestRole([row.role, ...groupRoles]),
    orgAuthMethod: row.connection_id === null ? 'none' : 'oidc',
    userJoinedAt: new Date(row.joined_at).toISOString(),
  };
}
