import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';

const secretBytes = 32;

/**
 * A refresh token has three parts: the id of its session, a secret that all tokens of that session share, and its own
 * secret. The shared secret proves that the sender of a spent token once had a real one. Only then does a spent token
 * end the session (RFC 9700, section 4.14.2), so a stranger who knows a session's id cannot end it. Both secrets are
 * stored hashed.
 */
export interface RefreshToken {
  readonly sessionId: string;
  readonly familyHash: string;
  readonly refreshHash: string;
}

/** A new family of refresh tokens, and its first token. */
export function newRefreshToken(sessionId: string, random: Random): { token: string; parsed: RefreshToken } {
  return assemble(sessionId, random.token(secretBytes), random.token(secretBytes));
}

/** Derives the secret of a successor from a whole token; `undefined` if the key is gone. */
export type DeriveSuccessor = (token: string) => string | undefined;

/**
 * The token that replaces another one of its family, and its hash. The successor is derived from the token with a key
 * of the server. So every node yields the same successor for a token, and it is stored nowhere.
 */
export function nextRefreshToken(
  token: string,
  derive: DeriveSuccessor,
): { token: string; refreshHash: string } | undefined {
  const [sessionId = '', familySecret = ''] = token.split('.');
  const secret = derive(token);
  return secret === undefined
    ? undefined
    : { token: `${sessionId}.${familySecret}.${secret}`, refreshHash: sha256Hex(secret) };
}

/** Parses a refresh token; `undefined` if it is malformed. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const match = /^([0-9a-f-]{36})\.([\w-]{43})\.([\w-]{43})$/.exec(token);
  return match === null ? undefined : assemble(match[1] ?? '', match[2] ?? '', match[3] ?? '').parsed;
}

function assemble(sessionId: string, familySecret: string, secret: string): { token: string; parsed: RefreshToken } {
  return {
    token: `${sessionId}.${familySecret}.${secret}`,
    parsed: { sessionId, familyHash: sha256Hex(familySecret), refreshHash: sha256Hex(secret) },
  };
}
