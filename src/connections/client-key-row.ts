import { makeClientCertificate } from '../oidc/client-authentication/client-certificate.ts';
import type { NewClientKey } from '../oidc/client-authentication/make-client-key.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { ClientKeyRow } from './client-key-queries.ts';
import { clientKeyPurpose } from './rules.ts';

/** The row of a key pair and its certificate. The private key is encrypted for the connection's destination. */
export function clientKeyRow(
  keyring: Keyring,
  key: NewClientKey,
  use: { configId: string; destination: string; nowMs: number; activeFromMs: number },
): ClientKeyRow {
  const { id, publicJwk, privateJwk } = key;
  return {
    id,
    connection_id: use.configId,
    destination: use.destination,
    public_jwk: publicJwk,
    sealed_private_jwk: keyring.seal(privateJwk, clientKeyPurpose(id, use.destination)),
    active_from_at: use.activeFromMs,
    publish_until_at: null,
    created_at: use.nowMs,
    certificate: makeClientCertificate(key, use.nowMs),
  };
}
