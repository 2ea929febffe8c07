import { Type, type Static } from 'typebox';

import { membershipsListedMax, membershipsPerRequestMax, nameLengthMax } from './limits.ts';
import { TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, roles, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

export const Membership = Type.Object({
  id: Id,
  role: Type.Enum(roles, { description: "The strongest of the member's own role and their groups' roles." }),
  ownRole: Type.Enum(roles, { description: "The member's own role without groups. `PATCH` changes it." }),
  status: Type.String(),
  inviteEmail: Type.Union([Type.String(), Type.Null()]),
  userId: Id,
  orgId: Id,
  isActive: Type.Boolean(),
  lastLoginAuthMethod: Type.Union([Type.String(), Type.Null()]),
  lastLoginTime: Type.Union([Timestamp, Type.Null()]),
  user: Type.Object({
    id: Id,
    username: Type.String(),
    email: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    isEmailVerified: Type.Boolean(),
  }),
});
export type Membership = Static<typeof Membership>;

/** Which members of an organization are meant; all that is given must fit. */
export const MembershipFilter = Type.Object({
  role: Type.Optional(Type.Enum(roles, { description: 'The role as the list shows it.' })),
  status: Type.Optional(Type.Enum(['invited', 'accepted'])),
  isActive: Type.Optional(Type.Boolean()),
  search: Type.Optional(Text({ lengthMax: nameLengthMax, description: 'Part of a user name, address or name.' })),
});
export type MembershipFilter = Static<typeof MembershipFilter>;

const endMachineAccess = Type.Optional(
  Type.Boolean({
    default: false,
    description:
      'Also revoke the client secrets that they created, and the roles that they gave to machine identities. Automation that uses them stops.',
  }),
);

export const UpdateMembershipBody = Type.Object({
  role: Type.Optional(RoleSchema),
  isActive: Type.Optional(
    Type.Boolean({
      description:
        '`false` deactivates the member and ends what the membership has given: sessions, codes, open invitations.',
    }),
  ),
  endMachineAccess,
});
export type UpdateMembershipBody = Static<typeof UpdateMembershipBody>;

const url = '/api/v2/organizations/:organizationId/memberships';
const shared = { tag: 'Members', access: 'organization' } as const;
const ByOrganization = Type.Object({ organizationId: AnyIdentifier });
const ByMembership = Type.Object({ organizationId: AnyIdentifier, membershipId: AnyIdentifier });
const Wrapped = Type.Object({ membership: Membership });

export const membershipRoutes = {
  listMemberships: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'listMemberships',
    summary: "List the organization's members, by e-mail address",
    limit: 'read',
    params: ByOrganization,
    query: Type.Object({
      ...MembershipFilter.properties,
      ...wholeListQuery(membershipsListedMax),
    }),
    list: 'users',
    response: Type.Object({
      users: Type.Array(Membership),
      totalCount: TotalCount,
    }),
  },
  updateMembership: {
    ...shared,
    method: 'PATCH',
    url: `${url}/:membershipId`,
    operationId: 'updateMembership',
    summary: "Change a member's own role, or deactivate and reactivate them",
    limit: 'write',
    params: ByMembership,
    body: UpdateMembershipBody,
    response: Wrapped,
  },
  deleteMembership: {
    ...shared,
    method: 'DELETE',
    url: `${url}/:membershipId`,
    operationId: 'deleteMembership',
    summary: 'Remove a member, their groups and what their membership has given',
    limit: 'write',
    params: ByMembership,
    query: Type.Object({ endMachineAccess }),
    response: Wrapped,
  },
  deleteMemberships: {
    ...shared,
    method: 'DELETE',
    url,
    operationId: 'deleteMemberships',
    summary: 'Remove several members at once. If one cannot be removed, none is',
    limit: 'write',
    params: ByOrganization,
    body: Type.Object({
      membershipIds: Type.Array(AnyIdentifier, { minItems: 1, maxItems: membershipsPerRequestMax }),
      endMachineAccess,
    }),
    response: Type.Object({ memberships: Type.Array(Membership) }),
  },
} as const satisfies Record<string, RouteContract>;
