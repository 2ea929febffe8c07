import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';

/** A key of the provider: it signs, and the public key is published (not for HS256, whose key is the client secret). */
export interface ProviderKey {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string;
  readonly publicJwk: JWK | undefined;
  readonly signingKey: CryptoKey | Uint8Array;
}

/** Creates a new key for an algorithm; RSA keys have 2048 bits. */
export async function createProviderKey(
  algorithm: SignatureAlgorithm,
  kid: string,
  clientSecret: string,
): Promise<ProviderKey> {
  if (algorithm === 'HS256') {
    return { algorithm, kid, publicJwk: undefined, signingKey: new TextEncoder().encode(clientSecret) };
  }
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  return { algorithm, kid, publicJwk, signingKey: privateKey };
}

/** Signs claims as an ID token; the header may be anything that `jose` still signs. */
export function signClaims(
  key: ProviderKey,
  claims: JWTPayload,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.signingKey);
}
