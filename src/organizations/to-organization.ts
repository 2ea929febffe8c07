import type { Organization, OrganizationOfMember, Provisioning } from '../contract/organizations.ts';
import type { Role } from '../contract/shapes.ts';
import { strongestRole } from '../access/permissions.ts';
import type { StoredOrganization } from '../access/queries.ts';
import type { JoinedOrganization } from './queries.ts';

/** An organization as the API shows it. */
export function toOrganization(organization: StoredOrganization): Organization {
  return {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    createdAt: new Date(organization.createdAtMs).toISOString(),
    updatedAt: new Date(organization.updatedAtMs).toISOString(),
    authEnforced: organization.authEnforced,
    defaultMembershipRole: organization.defaultMembershipRole,
    bypassOrgAuthEnabled: organization.bypassOrgAuthEnabled,
    userTokenExpiration: organization.userTokenExpiration,
  };
}

/** The provisioning policy as the API shows it. */
export function toProvisioning({ provisioningPolicy }: StoredOrganization): Provisioning {
  return { provisioningPolicy };
}

/** An organization as one of its members sees it, with the strongest of their own role and their groups' roles. */
export function toOrganizationOfMember(joined: JoinedOrganization, groupRoles: readonly Role[]): OrganizationOfMember {
  return {
    ...toOrganization(joined.organization),
    userRole: strongestRole([joined.ownRole, ...groupRoles]),
    orgAuthMethod: joined.hasConnection ? 'oidc' : 'none',
    userJoinedAt: new Date(joined.joinedAtMs).toISOString(),
  };
}
