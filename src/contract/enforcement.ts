import { Type, type Static } from 'typebox';

import { breakGlassCodeLengthMax, emailLengthMax, slugLengthMax } from './limits.ts';
import { pageQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Message, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** The ways to sign in despite enforced single sign-on. */
const emergencyUseKinds = ['bypass', 'break-glass'] as const;
export type EmergencyUseKind = (typeof emergencyUseKinds)[number];

const EmergencyUse = Type.Object({
  id: Id,
  kind: Type.Enum(emergencyUseKinds),
  userId: Id,
  email: Type.String(),
  sessionId: Id,
  ip: Type.String(),
  userAgent: Type.String(),
  createdAt: Timestamp,
  isSeen: Type.Boolean({ description: 'Whether you have marked it as seen, or it is your own.' }),
});

const EmergencyUses = Type.Object({
  uses: Type.Array(EmergencyUse),
  totalCount: Type.Integer(),
  unseenCount: Type.Integer(),
});
export type EmergencyUses = Static<typeof EmergencyUses>;

/** Why members would be shut out, as a filter. */
export type ShutOutReason = (typeof shutOutReasons)[number];
const shutOutReasons = ['other-session', 'no-identity'] as const;

const AuthEnforcement = Type.Object({
  authEnforced: Type.Boolean(),
  bypassOrgAuthEnabled: Type.Boolean(),
  canEnforce: Type.Boolean({ description: 'Whether enforcement can be turned on now.' }),
  obstacles: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  activeMembers: Type.Integer(),
  membersWithoutIdentity: Type.Integer({
    description: 'Members who have never signed in through the identity provider.',
  }),
  membersWithOtherSessions: Type.Integer({
    description: 'Members with a live session that did not come from the identity provider.',
  }),
  shutOut: Type.Object({
    members: Type.Array(
      Type.Object({
        userId: Id,
        email: Type.String(),
        username: Type.String(),
        role: RoleSchema,
        hasIdentity: Type.Boolean(),
        otherSessions: Type.Integer(),
      }),
    ),
    totalCount: Type.Integer(),
  }),
  admins: Type.Array(
    Type.Object({
      userId: Id,
      email: Type.String(),
      hasIdentity: Type.Boolean(),
      canBypass: Type.Boolean({ description: 'Members with a password, if the bypass is on.' }),
      breakGlassCodesLeft: Type.Integer(),
    }),
  ),
});
export type AuthEnforcement = Static<typeof AuthEnforcement>;

const BreakGlassState = Type.Object({
  codesLeft: Type.Integer(),
  codesTotal: Type.Integer(),
  createdAt: Type.Union([Timestamp, Type.Null()]),
});

const UseBreakGlassBody = Type.Object({
  organizationSlug: Text({ lengthMin: 1, lengthMax: slugLengthMax }),
  email: Text({ lengthMin: 1, lengthMax: emailLengthMax }),
  code: Text({ lengthMin: 1, lengthMax: breakGlassCodeLengthMax }),
});

const tag = 'Enforced single sign-on';
const base = '/api/v1/organization/:organizationId';
const params = Type.Object({ organizationId: AnyIdentifier });
const shared = { tag, params, access: 'organization' } as const;

export const enforcementRoutes = {
  readAuthEnforcement: {
    ...shared,
    method: 'GET',
    url: `${base}/auth-enforcement`,
    operationId: 'readAuthEnforcement',
    summary: 'Preview what enforcing single sign-on requires, and which members it would shut out',
    limit: 'read',
    query: Type.Object({ ...pageQuery, reason: Type.Optional(Type.Enum(shutOutReasons)) }),
    response: AuthEnforcement,
  },
  listEmergencyUses: {
    ...shared,
    method: 'GET',
    url: `${base}/emergency-access`,
    operationId: 'listEmergencyUses',
    summary: 'List uses of break-glass codes and of the bypass, newest first',
    limit: 'read',
    query: Type.Object(pageQuery),
    list: 'uses',
    response: EmergencyUses,
  },
  markEmergencyUsesSeen: {
    ...shared,
    method: 'POST',
    url: `${base}/emergency-access/seen`,
    operationId: 'markEmergencyUsesSeen',
    breakGlass: 'allowed',
    summary: 'Mark every use until now as seen by you',
    access: 'user',
    limit: 'write',
    response: Message,
  },
  createBreakGlassCodes: {
    ...shared,
    method: 'POST',
    url: `${base}/break-glass-codes`,
    operationId: 'createBreakGlassCodes',
    summary: 'Create break-glass codes for yourself; your earlier codes become invalid',
    access: 'user',
    limit: 'write',
    response: Type.Object({
      codes: Type.Array(Type.String(), { description: 'The codes are shown only once.' }),
      createdAt: Timestamp,
    }),
  },
  readBreakGlassCodes: {
    ...shared,
    method: 'GET',
    url: `${base}/break-glass-codes`,
    operationId: 'readBreakGlassCodes',
    summary: 'Read how many of your break-glass codes are left',
    access: 'user',
    limit: 'read',
    response: BreakGlassState,
  },
  useBreakGlassCode: {
    method: 'POST',
    url: '/api/v1/auth/break-glass',
    operationId: 'useBreakGlassCode',
    summary: 'Sign in with a break-glass code',
    tag,
    access: 'public',
    limit: 'auth',
    body: UseBreakGlassBody,
    response: Type.Object({
      token: Type.String({ description: 'An access token for the organization.' }),
      organizationId: Id,
      expiresAt: Timestamp,
    }),
  },
} as const satisfies Record<string, RouteContract>;
