import { createHmac } from 'node:crypto';

import type { Claims } from '../support/faulty-idp.ts';
import { signClaims, type ProviderKey } from '../support/faulty-idp-keys.ts';

/** Signs an ID token in its own way; replaces the provider's signing. */
export type Sign = (claims: Claims, key: ProviderKey) => Promise<string> | string;

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token that ends where its signature would begin. */
export const unsigned =
  (header: object): Sign =>
  (claims) =>
    `${encode(header)}.${encode(claims)}.`;

/** Header and claims with an HMAC-SHA-256. */
export function mac(header: object, claims: Claims, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** A valid signature over any header, including those that libraries refuse to sign. */
export const signedWithHeader =
  (header: object): Sign =>
  async (claims, key) => {
    if (key.signingKey instanceof Uint8Array) throw new Error('this needs a private key');
    const input = `${encode({ alg: key.algorithm, kid: key.kid, ...header })}.${encode(claims)}`;
    const algorithm = key.algorithm === 'EdDSA' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, key.signingKey, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  };

/** The token of a correct provider, edited as text. */
export const changedAfterSigning =
  (change: (token: string) => string): Sign =>
  async (claims, key) =>
    change(await signClaims(key, claims));
