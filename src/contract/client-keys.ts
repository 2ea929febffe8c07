import { Type, type Static } from 'typebox';

import { clientKeyLeadSecondsDefault, clientKeyLeadSecondsMax, clientKeysMax } from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';

const PublicKey = Type.Object({
  kty: Type.String(),
  n: Type.String(),
  e: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});
export type PublicClientKey = Static<typeof PublicKey>;

const ClientKeys = Type.Object({
  configId: Id,
  jwksUrl: Type.String({ description: 'What to register at the identity provider. It stays as the keys change.' }),
  keys: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The `kid` of the published key.' }),
      algorithm: Type.String(),
      state: Type.Enum(['next', 'current', 'old']),
      createdAt: Timestamp,
      activeFrom: Timestamp,
      publishedUntil: Type.Union([Timestamp, Type.Null()]),
    }),
    { maxItems: clientKeysMax },
  ),
});
export type ClientKeys = Static<typeof ClientKeys>;

export const RotateClientKeyBody = Type.Object({
  organizationId: AnyIdentifier,
  activeAfterSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: clientKeyLeadSecondsMax,
      description: `How long the new key is published before it is used; ${clientKeyLeadSecondsDefault} unless told otherwise.`,
    }),
  ),
});
export type RotateClientKeyBody = Static<typeof RotateClientKeyBody>;

const url = '/api/v1/sso/oidc/config/client-keys';
const shared = { tag: 'OIDC SSO' } as const;

export const clientKeyRoutes = {
  readClientKeys: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'readClientKeys',
    summary: 'List the keys that prove this server at the identity provider, and where they are published',
    access: 'organization',
    limit: 'read',
    query: Type.Object({ organizationId: AnyIdentifier }),
    response: ClientKeys,
  },
  rotateClientKey: {
    ...shared,
    method: 'POST',
    url,
    operationId: 'rotateClientKey',
    breakGlass: 'allowed',
    summary: 'Make a new key that proves this server at the identity provider; the one before goes soon after',
    access: 'organization',
    limit: 'write',
    body: RotateClientKeyBody,
    response: ClientKeys,
  },
  readClientKeySet: {
    ...shared,
    method: 'GET',
    url: '/api/v1/sso/oidc/config/:configId/jwks.json',
    operationId: 'readClientKeySet',
    summary: 'The public keys with which one configuration proves itself at its identity provider (RFC 7517)',
    access: 'public',
    limit: 'read',
    params: Type.Object({ configId: AnyIdentifier }),
    response: Type.Object({ keys: Type.Array(PublicKey) }),
  },
} as const satisfies Record<string, RouteContract>;

/** Where the public keys of a configuration are. */
export function clientKeySetPath(configId: string): string {
  return clientKeyRoutes.readClientKeySet.url.replace(':configId', configId);
}
