import { Type } from 'typebox';

import { nameLengthMax } from './limits.ts';

/** An identifier that the server made. */
export const Id = Type.String({ format: 'uuid' });

/** A moment, ISO 8601 in UTC. */
export const Timestamp = Type.String({ format: 'date-time' });

/** A moment as a caller sends it. */
export const Moment = Type.String({
  minLength: 10,
  maxLength: 40,
  description: 'ISO 8601: a date, or a date and time with its offset from UTC.',
});

/** An identifier as a caller sends it. Anything may be sent; what is no identifier of ours is simply not found. */
export const AnyIdentifier = Type.String({ minLength: 1, maxLength: nameLengthMax });

export const Message = Type.Object({ message: Type.String() });

/** The body of every error, on every endpoint. */
export const ErrorBody = Type.Object(
  {
    reqId: Type.String(),
    statusCode: Type.Integer(),
    error: Type.String(),
    message: Type.String(),
    code: Type.String({ description: 'The stable code of the error.' }),
    details: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() })),
    ),
  },
  { $id: 'Error' },
);

export const roles = ['admin', 'member', 'no-access'] as const;
export type Role = (typeof roles)[number];
export const RoleSchema = Type.Enum(roles);
