import { calculateJwkThumbprint, exportJWK, generateKeyPair, type GenerateKeyPairOptions } from 'jose';

import type { IdTokenAlgorithm } from '../contract/applications.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { SigningKeyRow } from './signing-key-queries.ts';

/**
 * The algorithm of the server's own access tokens. Ed25519 (RFC 8037): short signatures, fast, and without parameters that
 * could be chosen badly.
 */
export const signingAlgorithm = 'EdDSA';

/** RSA keys have 2048 bits: RFC 7518, section 3.3, requires at least as many. */
const optionsOf: Readonly<Record<IdTokenAlgorithm, GenerateKeyPairOptions>> = {
  EdDSA: { crv: 'Ed25519' },
  ES256: {},
  RS256: { modulusLength: 2048 },
};

/** Creates a signing key that is used from `activeFromAt`. Its private key is encrypted. */
export async function makeSigningKey(
  keyring: Keyring,
  { algorithm, nowMs, activeFromAt }: { algorithm: IdTokenAlgorithm; nowMs: number; activeFromAt: number },
): Promise<SigningKeyRow> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { ...optionsOf[algorithm], extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    id: kid,
    algorithm,
    public_jwk: JSON.stringify({ ...publicJwk, kid, alg: algorithm, use: 'sig' }),
    sealed_private_jwk: keyring.seal(JSON.stringify(await exportJWK(privateKey)), signingKeyPurpose(kid)),
    created_at: nowMs,
    active_from_at: activeFromAt,
    retired_at: null,
    verify_until_at: null,
  };
}

/** The associated data of the private key, so that one row's key cannot be decrypted as another's. */
export function signingKeyPurpose(kid: string): string {
  return `signing-key:${kid}`;
}
