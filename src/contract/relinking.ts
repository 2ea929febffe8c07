import { Type, type Static } from 'typebox';

import { relinkDaysDefault, relinkDaysMax, relinkMembersPerRequestMax, urlLengthMax } from './limits.ts';
import { pageQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** Which other identity may take the place of the one that a member has. */
const relinkScopes = ['any', 'other-issuer'] as const;

export const RelinkPermission = Type.Object({
  membershipId: Id,
  userId: Id,
  email: Type.String(),
  issuer: Type.String({ description: 'Of the identity that will be replaced.' }),
  scope: Type.Enum(relinkScopes, {
    description: 'Which identity may replace it: any, or only one of another issuer.',
  }),
  expiresAt: Timestamp,
});
export type RelinkPermission = Static<typeof RelinkPermission>;

export const AllowRelinkBody = Type.Object({
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
        'Instead: all active members whose identity is of this issuer, except admins. They may come with an identity of another issuer.',
    }),
  ),
  expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: relinkDaysMax, default: relinkDaysDefault })),
});
export type AllowRelinkBody = Static<typeof AllowRelinkBody>;

export const AllowedRelink = Type.Object({
  allowedCount: Type.Integer({ description: 'How many members may relink by this request.' }),
  skippedCount: Type.Object({
    admins: Type.Integer({ description: 'Admins, who are only named one by one.' }),
    otherDomains: Type.Integer({ description: 'Members with an address that is of no verified domain.' }),
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
    summary: 'List the members who may relink and have not yet',
    limit: 'read',
    query: Type.Object(pageQuery),
    response: Type.Object({ relinkPermissions: Type.Array(RelinkPermission), totalCount: Type.Integer() }),
  },
  withdrawRelinks: {
    ...shared,
    method: 'DELETE',
    operationId: 'withdrawRelinks',
    summary: 'Let nobody relink any more who has not yet',
    limit: 'write',
    response: Type.Object({ withdrawnCount: Type.Integer() }),
  },
} as const satisfies Record<string, RouteContract>;
