import { Type, type Static } from 'typebox';

import type { RouteContract } from './route.ts';
import { Timestamp } from './shapes.ts';

const MaybeTime = Type.Union([Timestamp, Type.Null()]);

/** The server's keys by their identifiers; never a key. */
export const ServerKeys = Type.Object({
  rootKeys: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Made of the key: eight hex digits of its SHA-256.' }),
      isCurrent: Type.Boolean({ description: 'Whether the node that answers seals with it.' }),
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
      sealedValues: Type.Integer({ description: 'What is sealed with it still. An old key goes when this is 0.' }),
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
      '`signing`: publish the next signing key. `data`: make the next data key and seal everything anew. `root`: end a change of the root key, so that the one before opens nothing any more.',
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
    summary: "The server's keys and how far a rotation has come; for its administrators",
    limit: 'read',
  },
  rotateKeys: {
    ...shared,
    method: 'POST',
    url: '/api/v1/admin/keys/rotate',
    operationId: 'rotateKeys',
    summary: 'Rotate keys; for administrators of the server',
    limit: 'write',
    body: RotateKeysBody,
  },
} as const satisfies Record<string, RouteContract>;
