import { Type, type Static } from 'typebox';

import { relinkDaysDefault, relinkDaysMax, relinkMembersPerRequestMax, urlLengthMax } from './limits.ts';
import { pageQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

const RelinkPermission = Type.Object({
  membershipId: Id,
  userId: Id,
  email: Type.String(),
  issuer: Type.String({ description: 'The issuer of the identity that will be replaced.' }),
  expiresAt: Timestamp,
});
export type RelinkPermission = Static<typeof RelinkPermission>;

const RelinkableIssuer = Type.Object({
  issuer: Type.String(),
  identityCount: Type.Integer({ description: 'The number of identities of this issuer that have not been replaced.' }),
  expiresAt: Timestamp,
});
export type RelinkableIssuer = Static<typeof RelinkableIssuer>;

const AllowRelinkBody = Type.Object({
  membershipIds: Type.Optional(
    Type.Array(AnyIdentifier, {
      minItems: 1,
      maxItems: relinkMembersPerRequestMax,
      description: 'These members, all of them or none. They may link any other identity.',
    }),
  ),
  issuer: Type.Optional(
    Text({
      lengthMin: 1,
      lengthMax: urlLengthMax,
      description:
        'Instead: every member with an identity of this issuer, except admins. They may link an identity of another issuer.',
    }),
  ),
  expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: relinkDaysMax, default: relinkDaysDefault })),
  keepMachineAccess: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Keep the roles and client secrets that the member gave to machine identities with the replaced identity. Set it for a planned move. Omit it if an attacker may have used the account.',
    }),
  ),
});
export type AllowRelinkBody = Static<typeof AllowRelinkBody>;

const AllowedRelink = Type.Object({
  identityCount: Type.Integer({
    description: 'The number of identities that this request allows to replace, including those of admins.',
  }),
  expiresAt: Timestamp,
});
export type AllowedRelink = Static<typeof AllowedRelink>;

const shared = {
  tag: 'Members',
  access: 'organization',
  url: '/api/v2/organizations/:organizationId/relink-permissions',
  params: Type.Object({ organizationId: AnyIdentifier }),
} as const;

export const relinkRoutes = {
  allowRelink: {
    ...shared,
    method: 'POST',
    operationId: 'allowRelink',
    summary: 'Allow members to link another identity at their next sign-in',
    limit: 'write',
    body: AllowRelinkBody,
    response: AllowedRelink,
  },
  listRelinks: {
    ...shared,
    method: 'GET',
    operationId: 'listRelinks',
    summary: 'List the issuers and the members that may still relink',
    limit: 'read',
    query: Type.Object(pageQuery),
    list: 'relinkPermissions',
    response: Type.Object({
      issuers: Type.Array(RelinkableIssuer),
      relinkPermissions: Type.Array(RelinkPermission, { description: 'Named members who have not relinked.' }),
      totalCount: Type.Integer({ description: 'The total number of named members.' }),
    }),
  },
  withdrawRelinks: {
    ...shared,
    method: 'DELETE',
    operationId: 'withdrawRelinks',
    summary: 'Withdraw all unused permissions to relink',
    limit: 'write',
    response: Type.Object({
      withdrawnCount: Type.Integer({ description: 'The number of withdrawn permissions, for members and issuers.' }),
    }),
  },
} as const satisfies Record<string, RouteContract>;
