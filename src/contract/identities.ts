import { Type, type Static } from 'typebox';

import {
  clientCredentialLengthMax,
  clientSecretsListedMax,
  identitiesPerOrganizationMax,
  nameLengthMax,
} from './limits.ts';
import { TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** 315,360,000 seconds: ten years, the longest life that a machine's token may be given. */
const ttlSecondsMax = 315_360_000;
const defaultTtlSeconds = 2_592_000;

export const MachineIdentity = Type.Object({
  id: Id,
  name: Type.String(),
  orgId: Id,
  role: RoleSchema,
  authMethods: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type MachineIdentity = Static<typeof MachineIdentity>;

export const CreateIdentityBody = Type.Object({
  name: Text({ lengthMin: 1, lengthMax: nameLengthMax }),
  organizationId: AnyIdentifier,
  role: Type.Optional(RoleSchema),
});
export type CreateIdentityBody = Static<typeof CreateIdentityBody>;

export const UpdateIdentityBody = Type.Object({
  name: Type.Optional(Text({ lengthMin: 1, lengthMax: nameLengthMax })),
  role: Type.Optional(RoleSchema),
});
export type UpdateIdentityBody = Static<typeof UpdateIdentityBody>;

const TrustedIps = Type.Array(Type.Object({ ipAddress: Text({ lengthMin: 1, lengthMax: 64 }) }), { maxItems: 100 });
const Ttl = (minimum: number) => Type.Integer({ minimum, maximum: ttlSecondsMax });

export const UniversalAuthSettings = Type.Object({
  clientSecretTrustedIps: Type.Optional(TrustedIps),
  accessTokenTrustedIps: Type.Optional(TrustedIps),
  accessTokenTTL: Type.Optional(Ttl(1)),
  accessTokenMaxTTL: Type.Optional(Ttl(0)),
  accessTokenNumUsesLimit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  lockoutEnabled: Type.Optional(Type.Boolean()),
  lockoutThreshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
  lockoutDurationSeconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 86_400 })),
  lockoutCounterResetSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3_600 })),
});
export type UniversalAuthSettings = Static<typeof UniversalAuthSettings>;

/** What an identity gets when a setting is left out. Durations in seconds; 0 uses means no limit. */
export const universalAuthDefaults = {
  clientSecretTrustedIps: [{ ipAddress: '0.0.0.0/0' }, { ipAddress: '::/0' }],
  accessTokenTrustedIps: [{ ipAddress: '0.0.0.0/0' }, { ipAddress: '::/0' }],
  accessTokenTTL: defaultTtlSeconds,
  accessTokenMaxTTL: defaultTtlSeconds,
  accessTokenNumUsesLimit: 0,
  lockoutEnabled: true,
  lockoutThreshold: 3,
  lockoutDurationSeconds: 300,
  lockoutCounterResetSeconds: 30,
} as const satisfies Required<UniversalAuthSettings>;

export const UniversalAuth = Type.Object({
  id: Id,
  identityId: Id,
  clientId: Type.String(),
  clientSecretTrustedIps: TrustedIps,
  accessTokenTrustedIps: TrustedIps,
  accessTokenTTL: Type.Integer(),
  accessTokenMaxTTL: Type.Integer(),
  accessTokenNumUsesLimit: Type.Integer(),
  lockoutEnabled: Type.Boolean(),
  lockoutThreshold: Type.Integer(),
  lockoutDurationSeconds: Type.Integer(),
  lockoutCounterResetSeconds: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type UniversalAuth = Static<typeof UniversalAuth>;

export const ClientSecretData = Type.Object({
  id: Id,
  clientSecretPrefix: Type.String(),
  description: Type.String(),
  clientSecretNumUses: Type.Integer(),
  clientSecretNumUsesLimit: Type.Integer(),
  clientSecretTTL: Type.Integer(),
  identityUAId: Id,
  isClientSecretRevoked: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ClientSecretData = Static<typeof ClientSecretData>;

export const CreateClientSecretBody = Type.Object({
  description: Type.Optional(Text({ lengthMax: nameLengthMax, default: '' })),
  numUsesLimit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: 0 })),
  ttl: Type.Optional(Type.Integer({ minimum: 0, maximum: ttlSecondsMax, default: 0 })),
});
export type CreateClientSecretBody = Static<typeof CreateClientSecretBody>;

export const MachineToken = Type.Object({
  accessToken: Type.String(),
  expiresIn: Type.Integer({ description: 'Seconds.' }),
  accessTokenMaxTTL: Type.Integer({ description: 'Seconds.' }),
  tokenType: Type.Literal('Bearer'),
});
export type MachineToken = Static<typeof MachineToken>;

const ByIdentity = Type.Object({ identityId: AnyIdentifier });
const ByClientSecret = Type.Object({ identityId: AnyIdentifier, clientSecretId: AnyIdentifier });
const identityUrl = '/api/v1/identities';
const universalAuthUrl = '/api/v1/auth/universal-auth/identities/:identityId';
const Wrapped = Type.Object({ identity: MachineIdentity });
const WrappedUniversalAuth = Type.Object({ identityUniversalAuth: UniversalAuth });
const WrappedSecret = Type.Object({ clientSecretData: ClientSecretData });
const identity = { tag: 'Machine identities', access: 'organization' } as const;
const machineLogin = { tag: 'Universal auth', access: 'public', limit: 'auth' } as const;
const AccessTokenBody = Type.Object({ accessToken: Text({ lengthMin: 1, lengthMax: clientCredentialLengthMax }) });

export const identityRoutes = {
  createIdentity: {
    ...identity,
    method: 'POST',
    url: identityUrl,
    operationId: 'createIdentity',
    summary: 'Create a machine identity',
    limit: 'write',
    body: CreateIdentityBody,
    response: Wrapped,
  },
  listIdentities: {
    ...identity,
    method: 'GET',
    url: identityUrl,
    operationId: 'listIdentities',
    summary: "List the organization's machine identities",
    limit: 'read',
    query: Type.Object({
      orgId: Type.Optional(AnyIdentifier),
      search: Type.Optional(Text({ lengthMax: nameLengthMax, description: 'Part of a name.' })),
      ...wholeListQuery(identitiesPerOrganizationMax),
    }),
    list: 'identities',
    response: Type.Object({
      identities: Type.Array(MachineIdentity),
      totalCount: TotalCount,
    }),
  },
  readIdentityDetails: {
    ...identity,
    access: 'machine',
    method: 'GET',
    url: `${identityUrl}/details`,
    operationId: 'readIdentityDetails',
    summary: 'Read the organization of the calling machine identity',
    limit: 'read',
    response: Type.Object({
      identityDetails: Type.Object({
        organization: Type.Object({ id: Id, name: Type.String(), slug: Type.String() }),
      }),
    }),
  },
  readIdentity: {
    ...identity,
    method: 'GET',
    url: `${identityUrl}/:identityId`,
    operationId: 'readIdentity',
    summary: 'Read one machine identity',
    limit: 'read',
    params: ByIdentity,
    response: Wrapped,
  },
  updateIdentity: {
    ...identity,
    method: 'PATCH',
    url: `${identityUrl}/:identityId`,
    operationId: 'updateIdentity',
    summary: 'Change a machine identity',
    limit: 'write',
    params: ByIdentity,
    body: UpdateIdentityBody,
    response: Wrapped,
  },
  deleteIdentity: {
    ...identity,
    method: 'DELETE',
    url: `${identityUrl}/:identityId`,
    operationId: 'deleteIdentity',
    summary: 'Delete a machine identity and end its tokens',
    limit: 'write',
    params: ByIdentity,
    response: Wrapped,
  },
  attachUniversalAuth: {
    ...identity,
    method: 'POST',
    url: universalAuthUrl,
    operationId: 'attachUniversalAuth',
    summary: 'Attach universal auth to a machine identity, so that it can log in with a client id and client secrets',
    limit: 'write',
    params: ByIdentity,
    body: UniversalAuthSettings,
    response: WrappedUniversalAuth,
  },
  readUniversalAuth: {
    ...identity,
    method: 'GET',
    url: universalAuthUrl,
    operationId: 'readUniversalAuth',
    summary: "Read a machine identity's universal auth",
    limit: 'read',
    params: ByIdentity,
    response: WrappedUniversalAuth,
  },
  updateUniversalAuth: {
    ...identity,
    method: 'PATCH',
    url: universalAuthUrl,
    operationId: 'updateUniversalAuth',
    summary: "Change a machine identity's universal auth",
    limit: 'write',
    params: ByIdentity,
    body: UniversalAuthSettings,
    response: WrappedUniversalAuth,
  },
  detachUniversalAuth: {
    ...identity,
    method: 'DELETE',
    url: universalAuthUrl,
    operationId: 'detachUniversalAuth',
    summary: "Remove a machine identity's universal auth, its client secrets and its tokens",
    limit: 'write',
    params: ByIdentity,
    response: WrappedUniversalAuth,
  },
  createClientSecret: {
    ...identity,
    method: 'POST',
    url: `${universalAuthUrl}/client-secrets`,
    operationId: 'createClientSecret',
    summary: 'Create a client secret; it is shown this once',
    limit: 'write',
    params: ByIdentity,
    body: CreateClientSecretBody,
    response: Type.Object({ clientSecret: Type.String(), clientSecretData: ClientSecretData }),
  },
  listClientSecrets: {
    ...identity,
    method: 'GET',
    url: `${universalAuthUrl}/client-secrets`,
    operationId: 'listClientSecrets',
    summary: 'List the client secrets, without their values',
    limit: 'read',
    params: ByIdentity,
    query: Type.Object(wholeListQuery(clientSecretsListedMax)),
    list: 'clientSecretData',
    response: Type.Object({ clientSecretData: Type.Array(ClientSecretData), totalCount: TotalCount }),
  },
  readClientSecret: {
    ...identity,
    method: 'GET',
    url: `${universalAuthUrl}/client-secrets/:clientSecretId`,
    operationId: 'readClientSecret',
    summary: 'Read the metadata of a client secret',
    limit: 'read',
    params: ByClientSecret,
    response: WrappedSecret,
  },
  revokeClientSecret: {
    ...identity,
    method: 'POST',
    url: `${universalAuthUrl}/client-secrets/:clientSecretId/revoke`,
    operationId: 'revokeClientSecret',
    summary: 'Revoke a client secret and the tokens it obtained',
    limit: 'write',
    params: ByClientSecret,
    response: WrappedSecret,
  },
  loginWithUniversalAuth: {
    ...machineLogin,
    method: 'POST',
    url: '/api/v1/auth/universal-auth/login',
    operationId: 'loginWithUniversalAuth',
    summary: "Exchange a machine identity's client id and secret for an access token",
    body: Type.Object({
      clientId: Text({ lengthMin: 1, lengthMax: clientCredentialLengthMax }),
      clientSecret: Text({ lengthMin: 1, lengthMax: clientCredentialLengthMax }),
    }),
    response: MachineToken,
  },
  renewMachineToken: {
    ...machineLogin,
    method: 'POST',
    url: '/api/v1/auth/token/renew',
    operationId: 'renewMachineToken',
    summary: "Renew a machine identity's access token, up to its maximum lifetime",
    body: AccessTokenBody,
    response: MachineToken,
  },
  revokeMachineToken: {
    ...machineLogin,
    method: 'POST',
    url: '/api/v1/auth/token/revoke',
    operationId: 'revokeMachineToken',
    summary: "Revoke a machine identity's access token",
    body: AccessTokenBody,
    response: Type.Object({ message: Type.String() }),
  },
} as const satisfies Record<string, RouteContract>;
