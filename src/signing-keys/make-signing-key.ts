import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

import type { Keyring } from '../storage/keys/keyring.ts';
import type { SigningKeyRow } from './signing-key-queries.ts';

/** Ed25519 (RFC 8037): short signatures, fast, and without parameters that could be chosen badly. */
export const signingAlgorithm = 'EdDSA';

/** Creates a signing key that is used from `activeFromAt`. Its private key is encrypted. */
export async function makeSigningKey(
  keyring: Keyring,
  { nowMs, activeFromAt }: { nowMs: number; activeFromAt: number },
): Promise<SigningKeyRow> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    id: kid,
    algorithm: signingAlgorithm,
    public_jwk: JSON.stringify({ ...publicJwk, kid, alg: signingAlgorithm, use: 'sig' }),
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
