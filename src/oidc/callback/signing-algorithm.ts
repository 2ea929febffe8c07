import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';

/** The algorithms with a public key (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export type PublicKeyAlgorithm = Exclude<SignatureAlgorithm, 'HS256'>;

/** What an algorithm requires of a JWK, and how its signature is verified. */
interface AlgorithmMeaning {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
  readonly digest: string | null;
  readonly options: Omit<VerifyKeyObjectInput, 'key'>;
  /** The `alg` values of this algorithm, in a token's header and in a JWK. */
  readonly names: readonly string[];
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const rawPoint = { dsaEncoding: 'ieee-p1363' } as const;

const meanings: Readonly<Record<PublicKeyAlgorithm, AlgorithmMeaning>> = {
  RS256: { kty: 'RSA', digest: 'sha256', options: {}, names: ['RS256'] },
  RS384: { kty: 'RSA', digest: 'sha384', options: {}, names: ['RS384'] },
  RS512: { kty: 'RSA', digest: 'sha512', options: {}, names: ['RS512'] },
  PS256: { kty: 'RSA', digest: 'sha256', options: pss, names: ['PS256'] },
  PS384: { kty: 'RSA', digest: 'sha384', options: pss, names: ['PS384'] },
  PS512: { kty: 'RSA', digest: 'sha512', options: pss, names: ['PS512'] },
  ES256: { kty: 'EC', crv: 'P-256', digest: 'sha256', options: rawPoint, names: ['ES256'] },
  ES384: { kty: 'EC', crv: 'P-384', digest: 'sha384', options: rawPoint, names: ['ES384'] },
  ES512: { kty: 'EC', crv: 'P-521', digest: 'sha512', options: rawPoint, names: ['ES512'] },
  // RFC 9864, section 2.2 names EdDSA with Ed25519 `Ed25519`. Ed448 has its own name and is not supported.
  EdDSA: { kty: 'OKP', crv: 'Ed25519', digest: null, options: {}, names: ['EdDSA', 'Ed25519'] },
};

/** The `alg` values of a configured algorithm. */
export function algorithmNames(algorithm: SignatureAlgorithm): readonly string[] {
  return algorithm === 'HS256' ? ['HS256'] : meanings[algorithm].names;
}

/** Whether a JWK of this type, curve and `alg` (which is optional) is a key for the algorithm. */
export function keyFits(
  algorithm: PublicKeyAlgorithm,
  key: { readonly kty: string; readonly crv: string | undefined; readonly alg: string | undefined },
): boolean {
  const meaning = meanings[algorithm];
  return (
    key.kty === meaning.kty &&
    (meaning.crv === undefined || key.crv === meaning.crv) &&
    (key.alg === undefined || meaning.names.includes(key.alg))
  );
}

/** Verifies a signature over the signing input of a compact JWS (RFC 7515, section 5.2). */
export function verifySignature(
  algorithm: PublicKeyAlgorithm,
  key: KeyObject,
  jws: { readonly signingInput: Buffer; readonly signature: Buffer },
): boolean {
  const { digest, options } = meanings[algorithm];
  return verify(digest, jws.signingInput, { key, ...options }, jws.signature);
}
