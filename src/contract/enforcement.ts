import { Type, type Static } from 'typebox';

import { breakGlassCodeLengthMax, emailLengthMax, slugLengthMax } from './limits.ts';
import { pageQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Message, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** The ways past an enforced single sign-on. */
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
  canEnforce: Type.Boolean({ description: 'Whether enforcement may be switched on as things stand.' }),
  obstacles: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  activeMembers: Type.Integer(),
  membersWithoutIdentity: Type.Integer({ description: 'Have never signed in through the identity provider.' }),
  membersWithOtherSessions: Type.Integer({
    description: 'Have a live session that the identity provider did not give.',
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
      canBypass: Type.Boolean({ description: 'Has a password, and the bypass is on.' }),
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
    summary: 'What enforcing single sign-on needs, and whom it would shut out',
    limit: 'read',
    query: Type.Object({ ...pageQuery, reason: Type.Optional(Type.Enum(shutOutReasons)) }),
    response: AuthEnforcement,
  },
  listEmergencyUses: {
    ...shared,
    method: 'GET',
    url: `${base}/emergency-access`,
    operationId: 'listEmergencyUses',
    summary: 'Who passed the enforcement without the identity provider, the latest first',
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
    summary: 'Mark every such use until now as seen by you',
    access: 'user',
    limit: 'write',
    response: Message,
  },
  createBreakGlassCodes: {
    ...shared,
    method: 'POST',
    url: `${base}/break-glass-codes`,
    operationId: 'createBreakGlassCodes',
    summary: 'Make one-time codes for yourself; the ones from before are void',
    access: 'user',
    limit: 'write',
    response: Type.Object({
      codes: Type.Array(Type.String(), { description: 'They are shown this once.' }),
      createdAt: Timestamp,
    }),
  },
  readBreakGlassCodes: {
    ...shared,
    method: 'GET',
    url: `${base}/break-glass-codes`,
    operationId: 'readBreakGlassCodes',
    summary: 'How many of your one-time codes are left',
    access: 'user',
    limit: 'read',
    response: BreakGlassState,
  },
  useBreakGlassCode: {
    method: 'POST',
    url: '/api/v1/auth/break-glass',
    operationId: 'useBreakGlassCode',
    summary: 'Get in with a one-time code although single sign-on is enforced',
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
