import { Type, type Static } from 'typebox';

import {
  clientCertificateDaysWarned,
  clientKeyLeadSecondsDefault,
  clientKeyLeadSecondsMax,
  clientKeysMax,
} from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

const PublicKey = Type.Object({
  kty: Type.String(),
  n: Type.String(),
  e: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});
export type PublicClientKey = Static<typeof PublicKey>;

const Certificate = Type.Object(
  {
    validity: Type.Enum(['valid', 'expires_soon', 'expired'], {
      description: `\`expires_soon\`: within ${clientCertificateDaysWarned} days.`,
    }),
    notBefore: Timestamp,
    notAfter: Timestamp,
    sha1Thumbprint: Type.String({ description: 'In hexadecimal, as admin consoles show it.' }),
    sha256Thumbprint: Type.String({ description: 'Likewise.' }),
    pem: Type.String({ description: 'The certificate, to upload to the identity provider.' }),
  },
  { description: 'The self-signed certificate of the key, for providers that do not accept a JWK Set URL.' },
);

const ClientKeys = Type.Object({
  configId: Id,
  jwksUrl: Type.String({
    description: 'The URL to register at the identity provider. It stays the same when the keys change.',
  }),
  keys: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The `kid` of the published key.' }),
      algorithm: Type.String(),
      state: Type.Enum(['next', 'current', 'old']),
      createdAt: Timestamp,
      activeFrom: Timestamp,
      publishedUntil: Type.Union([Timestamp, Type.Null()]),
      certificate: Type.Union([Certificate, Type.Null()]),
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
      description: `How long the new key is published before it is used. Default: ${clientKeyLeadSecondsDefault}.`,
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
    summary: 'List the client keys with their certificates and their public URL',
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
    summary: 'Create a new client key; the previous key is removed soon after',
    access: 'organization',
    limit: 'write',
    body: RotateClientKeyBody,
    response: ClientKeys,
  },
  readClientCertificate: {
    ...shared,
    method: 'GET',
    url: `${url}/certificate`,
    operationId: 'readClientCertificate',
    summary: 'Download the certificate of the current key, or of another key, to upload it to the identity provider',
    access: 'organization',
    limit: 'read',
    query: Type.Object({
      organizationId: AnyIdentifier,
      keyId: Type.Optional(
        Text({ lengthMin: 1, lengthMax: 64, description: 'The id of the key. Default: the current key.' }),
      ),
    }),
    response: Type.String(),
    responseType: 'application/x-pem-file',
  },
  readClientKeySet: {
    ...shared,
    method: 'GET',
    url: '/api/v1/sso/oidc/config/:configId/jwks.json',
    operationId: 'readClientKeySet',
    summary: 'Read the public client keys of one connection (RFC 7517)',
    access: 'public',
    limit: 'read',
    params: Type.Object({ configId: AnyIdentifier }),
    response: Type.Object({ keys: Type.Array(PublicKey) }),
  },
} as const satisfies Record<string, RouteContract>;

/** The path of a connection's public keys. */
export function clientKeySetPath(configId: string): string {
  return clientKeyRoutes.readClientKeySet.url.replace(':configId', configId);
}
