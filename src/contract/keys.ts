import { Type, type Static } from 'typebox';

import type { RouteContract } from './route.ts';
import { Timestamp } from './shapes.ts';

const MaybeTime = Type.Union([Timestamp, Type.Null()]);

/** The server's keys by their identifiers; never a key. */
export const ServerKeys = Type.Object({
  rootKeys: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Derived from the key: eight hex digits of its SHA-256.' }),
      isCurrent: Type.Boolean({ description: 'Whether the responding node encrypts with it.' }),
      sealedDataKeys: Type.Integer(),
    }),
  ),
  dataKeys: Type.Array(
    Type.Object({
      id: Type.String(),
      state: Type.Union([Type.Literal('next'), Type.Literal('current'), Type.Literal('old')]),
      createdAt: Timestamp,
      activeFrom: Timestamp,
      retiredAt: MaybeTime,
      sealedValues: Type.Integer({
        description: 'The number of values that are still encrypted with it. An old key is deleted when this is 0.',
      }),
    }),
  ),
  signingKeys: Type.Array(
    Type.Object({
      id: Type.String(),
      algorithm: Type.String(),
      state: Type.Union([Type.Literal('next'), Type.Literal('current'), Type.Literal('old')]),
      createdAt: Timestamp,
      activeFrom: Timestamp,
      retiredAt: MaybeTime,
      verifyUntil: MaybeTime,
    }),
  ),
});
export type ServerKeys = Static<typeof ServerKeys>;

export const RotateKeysBody = Type.Object({
  kind: Type.Union([Type.Literal('signing'), Type.Literal('data'), Type.Literal('root')], {
    description:
      '`signing`: publish the next signing key. `data`: create the next data key and re-encrypt everything. `root`: finish a change of the root key, so that the previous one is no longer accepted.',
  }),
});
export type RotateKeysBody = Static<typeof RotateKeysBody>;

const shared = { tag: 'Server', access: 'user-or-machine', response: ServerKeys } as const;

export const keyRoutes = {
  readKeys: {
    ...shared,
    method: 'GET',
    url: '/api/v1/admin/keys',
    operationId: 'readKeys',
    summary: "Read the server's keys and the progress of a rotation; for instance admins",
    limit: 'read',
  },
  rotateKeys: {
    ...shared,
    method: 'POST',
    url: '/api/v1/admin/keys/rotate',
    operationId: 'rotateKeys',
    summary: 'Rotate keys; for instance admins',
    limit: 'write',
    body: RotateKeysBody,
  },
} as const satisfies Record<string, RouteContract>;
