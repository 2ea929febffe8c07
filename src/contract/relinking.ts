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
  issuer: Type.String({ description: 'Of the identity that will be replaced.' }),
  expiresAt: Timestamp,
});
export type RelinkPermission = Static<typeof RelinkPermission>;

const RelinkableIssuer = Type.Object({
  issuer: Type.String(),
  identityCount: Type.Integer({ description: 'How many identities of this issuer have not been replaced.' }),
  expiresAt: Timestamp,
});
export type RelinkableIssuer = Static<typeof RelinkableIssuer>;

const AllowRelinkBody = Type.Object({
  membershipIds: Type.Optional(
    Type.Array(AnyIdentifier, {
      minItems: 1,
      maxItems: relinkMembersPerRequestMax,
      description: 'These members, all of them or none. They may come with any other identity.',
    }),
  ),
  issuer: Type.Optional(
    Text({
      lengthMin: 1,
      lengthMax: urlLengthMax,
      description:
        'Instead: everybody whose identity is of this issuer, except admins. They may come with an identity of another issuer.',
    }),
  ),
  expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: relinkDaysMax, default: relinkDaysDefault })),
  keepMachineAccess: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Keep the roles and client secrets that the member gave to machine identities with the identity that is replaced. Set it for a planned move. Leave it out if a stranger may have used the account.',
    }),
  ),
});
export type AllowRelinkBody = Static<typeof AllowRelinkBody>;

const AllowedRelink = Type.Object({
  identityCount: Type.Integer({
    description: 'How many identities may be replaced by this request, admins’ among them.',
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
    summary: 'Let members link another identity of the identity provider at their next sign-in',
    limit: 'write',
    body: AllowRelinkBody,
    response: AllowedRelink,
  },
  listRelinks: {
    ...shared,
    method: 'GET',
    operationId: 'listRelinks',
    summary: 'List the issuers, and the members by name, of whom another identity may come',
    limit: 'read',
    query: Type.Object(pageQuery),
    list: 'relinkPermissions',
    response: Type.Object({
      issuers: Type.Array(RelinkableIssuer),
      relinkPermissions: Type.Array(RelinkPermission, { description: 'Those by name that nobody has used yet.' }),
      totalCount: Type.Integer({ description: 'How many there are by name, on all pages together.' }),
    }),
  },
  withdrawRelinks: {
    ...shared,
    method: 'DELETE',
    operationId: 'withdrawRelinks',
    summary: 'Let nobody relink any more who has not yet',
    limit: 'write',
    response: Type.Object({ withdrawnCount: Type.Integer({ description: 'Members by name, and issuers.' }) }),
  },
} as const satisfies Record<string, RouteContract>;
