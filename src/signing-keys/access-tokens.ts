import { type KeyObject, sign } from 'node:crypto';

import { jwtVerify, type JWTPayload } from 'jose';

import { appError } from '../contract/errors.ts';
import { type AuthMethod, isAuthMethod } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { SigningKeys } from './signing-keys.ts';

/** RFC 9068, section 2.1: the type that distinguishes an access token from other JWTs. */
const tokenType = 'at+jwt';

/** The claims of an access token. Its kind decides where its row is looked up. */
export type AccessClaims =
  | {
      readonly kind: 'user';
      readonly subject: string;
      readonly sessionId: string;
      readonly organizationId: string | undefined;
      readonly authMethod: AuthMethod;
    }
  | { readonly kind: 'identity'; readonly subject: string; readonly tokenId: string; readonly organizationId: string };

/** Signs and verifies the server's access tokens. */
export interface AccessTokens {
  /** A signed token that expires after `lifetimeSeconds`. */
  sign(claims: AccessClaims, lifetimeSeconds: number): string;
  /**
   * The claims of a token.
   *
   * @throws `token_invalid` if it is malformed, expired or not ours, and `storage_unavailable` if the token names an
   *   unknown key while the table of keys cannot be read.
   */
  verify(token: string): Promise<AccessClaims>;
}

/** Creates the signer and verifier of tokens whose issuer and audience is the site. */
export function createAccessTokens({
  keys,
  site,
  clock,
  random,
}: {
  keys: SigningKeys;
  site: string;
  clock: Clock;
  random: Random;
}): AccessTokens {
  return {
    sign(claims, lifetimeSeconds) {
      const { kid, privateKey } = keys.current();
      const issuedAt = Math.floor(clock.nowMs() / 1000);
      const expiresAt = issuedAt + lifetimeSeconds;
      const registered = { iss: site, aud: site, sub: claims.subject, iat: issuedAt, exp: expiresAt };
      const header = { alg: 'EdDSA', kid, typ: tokenType };
      return signCompactJws(header, { ...toPayload(claims, random), ...registered }, privateKey);
    },
    async verify(token) {
      // A key table that cannot be read says nothing about the token, so the failure is passed on.
      let lookupFailure: { readonly thrown: unknown } | undefined;
      const findKey = async ({ kid = '' }: { kid?: string }) => {
        const key = await keys.publicKey(kid).catch((thrown: unknown) => {
          lookupFailure = { thrown };
          throw thrown;
        });
        if (key === undefined) throw appError('token_invalid', { meta: { reason: 'unknown_key' } });
        return key;
      };
      try {
        const { payload } = await jwtVerify(token, findKey, {
          algorithms: ['EdDSA'],
          typ: tokenType,
          issuer: site,
          audience: site,
          currentDate: new Date(clock.nowMs()),
          requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        });
        return fromPayload(payload);
      } catch (cause) {
        if (lookupFailure !== undefined) throw lookupFailure.thrown;
        throw appError('token_invalid', { cause });
      }
    },
  };
}

// RFC 7515, section 7.1, and RFC 8037. It signs on this thread, because passing an Ed25519 signature to another one
// takes three times as long as making it; jose, which verifies, would do that.
function signCompactJws(header: object, payload: object, key: KeyObject): string {
  const input = `${base64UrlJson(header)}.${base64UrlJson(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

function base64UrlJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function toPayload(claims: AccessClaims, random: Random): JWTPayload {
  return claims.kind === 'user'
    ? {
        jti: random.uuid(),
        kind: claims.kind,
        sid: claims.sessionId,
        authMethod: claims.authMethod,
        ...(claims.organizationId === undefined ? {} : { organizationId: claims.organizationId }),
      }
    : { jti: claims.tokenId, kind: claims.kind, organizationId: claims.organizationId };
}

function fromPayload({ kind, sub = '', sid, jti = '', organizationId, authMethod }: JWTPayload): AccessClaims {
  if (kind === 'user' && typeof sid === 'string' && isAuthMethod(authMethod)) {
    const organization = typeof organizationId === 'string' ? organizationId : undefined;
    return { kind, subject: sub, sessionId: sid, organizationId: organization, authMethod };
  }
  if (kind === 'identity' && typeof organizationId === 'string') {
    return { kind, subject: sub, tokenId: jti, organizationId };
  }
  throw appError('token_invalid', { meta: { reason: 'foreign' } });
}
