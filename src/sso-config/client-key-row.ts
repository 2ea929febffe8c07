import type { NewClientKey } from '../oidc/make-client-key.ts';
import type { Keyring } from '../storage/keyring.ts';
import type { ClientKeyRow } from './client-key-queries.ts';
import { clientKeyPurpose } from './rules.ts';

/** The row of a key pair, its private half sealed for the configuration's destination. */
export function clientKeyRow(
  keyring: Keyring,
  { id, publicJwk, privateJwk }: NewClientKey,
  use: { configId: string; destination: string; nowMs: number; activeFromMs: number },
): ClientKeyRow {
  return {
    id,
    oidc_config_id: use.configId,
    destination: use.destination,
    public_jwk: publicJwk,
    sealed_private_jwk: keyring.seal(privateJwk, clientKeyPurpose(id, use.destination)),
    active_from_at: use.activeFromMs,
    publish_until_at: null,
    created_at: use.nowMs,
  };
}
