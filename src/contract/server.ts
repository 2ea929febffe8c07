import { Type, type Static } from 'typebox';

import { emailLengthMax, nameLengthMax, passwordLengthMax, passwordLengthMin } from './limits.ts';
import type { RouteContract } from './route.ts';
import { Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

export const BootstrapBody = Type.Object({
  email: Text({ lengthMin: 1, lengthMax: emailLengthMax }),
  password: Type.String({ minLength: passwordLengthMin, maxLength: passwordLengthMax }),
  organization: Text({ lengthMin: 1, lengthMax: nameLengthMax }),
});
export type BootstrapBody = Static<typeof BootstrapBody>;

export const BootstrapResult = Type.Object({
  message: Type.String(),
  identity: Type.Object({
    id: Id,
    name: Type.String(),
    credentials: Type.Object({ token: Type.String({ description: 'An access token. It is shown only once.' }) }),
  }),
  organization: Type.Object({ id: Id, name: Type.String(), slug: Type.String() }),
  user: Type.Object({
    id: Id,
    email: Type.String(),
    username: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    superAdmin: Type.Boolean(),
  }),
});
export type BootstrapResult = Static<typeof BootstrapResult>;

const Status = Type.Object({
  date: Timestamp,
  message: Type.Literal('Ok'),
  version: Type.String(),
  isBootstrapped: Type.Optional(
    Type.Boolean({
      description: 'Whether the server has its first organization. Only for callers on the local network.',
    }),
  ),
  clockDifferenceSeconds: Type.Optional(
    Type.Integer({
      description:
        "How far the identity providers' clocks are ahead of this server's clock: the median over their hosts, once enough of them have answered.",
    }),
  ),
});

export const serverRoutes = {
  bootstrap: {
    method: 'POST',
    url: '/api/v1/admin/bootstrap',
    operationId: 'bootstrap',
    summary: 'Set up an empty server: the first organization, its admin and a machine identity',
    tag: 'Server',
    access: 'public',
    limit: 'auth',
    body: BootstrapBody,
    response: BootstrapResult,
  },
  readLiveness: {
    method: 'GET',
    url: '/api/live',
    operationId: 'readLiveness',
    summary: 'Check that the process responds: a liveness probe that uses no database',
    tag: 'Server',
    access: 'public',
    limit: 'none',
    response: Type.Object({ message: Type.Literal('Ok'), version: Type.String() }),
  },
  readStatus: {
    method: 'GET',
    url: '/api/status',
    operationId: 'readStatus',
    summary:
      'Read the version, the time, and whether the server is set up; 503 without its database, so not a liveness probe',
    tag: 'Server',
    access: 'public',
    limit: 'none',
    response: Status,
  },
  readReadiness: {
    method: 'GET',
    url: '/api/ready',
    operationId: 'readReadiness',
    summary: 'Check that the server can work: a readiness probe, 503 while it stops or has no usable database',
    tag: 'Server',
    access: 'public',
    limit: 'none',
    response: Status,
  },
  readSigningKeys: {
    method: 'GET',
    url: '/.well-known/jwks.json',
    operationId: 'readSigningKeys',
    summary: "Read the public keys that verify this server's tokens (RFC 7517)",
    tag: 'Server',
    access: 'public',
    limit: 'none',
    response: Type.Object({
      keys: Type.Array(
        Type.Object({
          kty: Type.String(),
          crv: Type.Optional(Type.String()),
          x: Type.Optional(Type.String()),
          y: Type.Optional(Type.String()),
          n: Type.Optional(Type.String()),
          e: Type.Optional(Type.String()),
          kid: Type.String(),
          alg: Type.String(),
          use: Type.String(),
        }),
      ),
    }),
  },
} as const satisfies Record<string, RouteContract>;
