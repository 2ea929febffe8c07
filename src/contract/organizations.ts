import { Type, type Static } from 'typebox';

import { nameLengthMax, organizationsPerUserMax, slugLengthMax, userTokenExpirationLengthMax } from './limits.ts';
import { TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** Who may become a member by signing in. Who is one signs in under each of them. */
const provisioningPolicies = ['just-in-time', 'invited-only', 'deny-unverified-domain'] as const;
export type ProvisioningPolicy = (typeof provisioningPolicies)[number];

const organizationShape = {
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  authEnforced: Type.Boolean({ description: 'Only tokens from a sign-in through the identity provider are accepted.' }),
  defaultMembershipRole: RoleSchema,
  bypassOrgAuthEnabled: Type.Boolean({ description: 'Admins may bypass the enforcement. Each use is audited.' }),
  userTokenExpiration: Type.String({ description: 'The lifetime of a session: a number and `m`, `h`, `d` or `w`.' }),
};
export const Organization = Type.Object(organizationShape);
export type Organization = Static<typeof Organization>;

export const OrganizationOfMember = Type.Object({
  ...organizationShape,
  userRole: RoleSchema,
  orgAuthMethod: Type.String({ description: '`oidc` if the organization has an active connection, otherwise `none`.' }),
  userJoinedAt: Timestamp,
});
export type OrganizationOfMember = Static<typeof OrganizationOfMember>;

export const CreateOrganizationBody = Type.Object({
  name: Text({ lengthMin: 1, lengthMax: nameLengthMax }),
  slug: Type.Optional(
    Text({ lengthMin: 1, lengthMax: slugLengthMax, description: 'Derived from the name by default.' }),
  ),
});
export type CreateOrganizationBody = Static<typeof CreateOrganizationBody>;

export const UpdateOrganizationBody = Type.Object({
  name: Type.Optional(Text({ lengthMin: 1, lengthMax: nameLengthMax })),
  slug: Type.Optional(Text({ lengthMin: 1, lengthMax: slugLengthMax })),
  authEnforced: Type.Optional(
    Type.Boolean({ description: 'Requires an active connection through which a member has signed in.' }),
  ),
  defaultMembershipRoleSlug: Type.Optional(RoleSchema),
  bypassOrgAuthEnabled: Type.Optional(Type.Boolean()),
  userTokenExpiration: Type.Optional(
    Text({
      lengthMin: 1,
      lengthMax: userTokenExpirationLengthMax,
      description: 'A number and `m`, `h`, `d` or `w`, from five minutes to one year.',
      examples: ['12h', '30d'],
    }),
  ),
  provisioningPolicy: Type.Optional(
    Type.Enum(provisioningPolicies, { description: 'Which users become members at their first sign-in.' }),
  ),
});
export type UpdateOrganizationBody = Static<typeof UpdateOrganizationBody>;

/** Whom an organization admits. */
export const Provisioning = Type.Object({
  provisioningPolicy: Type.Enum(provisioningPolicies, {
    description:
      'Which users become members at their first sign-in: all, only invited ones, or only those with an address in a verified domain.',
  }),
});
export type Provisioning = Static<typeof Provisioning>;

export const organizationRoutes = {
  createOrganization: {
    method: 'POST',
    url: '/api/v2/organizations',
    operationId: 'createOrganization',
    summary: 'Create an organization',
    tag: 'Organizations',
    access: 'user-or-machine',
    limit: 'write',
    body: CreateOrganizationBody,
    response: Type.Object({ organization: Organization }),
  },
  listOrganizations: {
    method: 'GET',
    url: '/api/v1/organization',
    operationId: 'listOrganizations',
    summary: 'List your organizations',
    tag: 'Organizations',
    access: 'user',
    limit: 'read',
    query: Type.Object(wholeListQuery(organizationsPerUserMax)),
    list: 'organizations',
    response: Type.Object({ organizations: Type.Array(OrganizationOfMember), totalCount: TotalCount }),
  },
  readOrganization: {
    method: 'GET',
    url: '/api/v1/organization/:organizationId',
    operationId: 'readOrganization',
    summary: 'Read one organization',
    tag: 'Organizations',
    access: 'organization',
    limit: 'read',
    params: Type.Object({ organizationId: AnyIdentifier }),
    response: Type.Object({ organization: Organization }),
  },
  updateOrganization: {
    method: 'PATCH',
    url: '/api/v1/organization/:organizationId',
    operationId: 'updateOrganization',
    summary: "Change an organization's settings",
    tag: 'Organizations',
    access: 'organization',
    limit: 'write',
    params: Type.Object({ organizationId: AnyIdentifier }),
    body: UpdateOrganizationBody,
    response: Type.Object({ message: Type.String(), organization: Organization }),
  },
  readProvisioning: {
    method: 'GET',
    url: '/api/v1/organization/:organizationId/provisioning',
    operationId: 'readProvisioning',
    summary: "Read the organization's provisioning policy",
    tag: 'Organizations',
    access: 'organization',
    limit: 'read',
    params: Type.Object({ organizationId: AnyIdentifier }),
    response: Provisioning,
  },
} as const satisfies Record<string, RouteContract>;
