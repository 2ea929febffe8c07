import type { Generated } from 'kysely';

/**
 * The key pairs of clients that authenticate with a signed assertion. `id` is the `kid` of the published key;
 * `destination` is what the private half is sealed for.
 */
export interface ClientKeysTable {
  id: string;
  oidc_config_id: string;
  destination: string;
  public_jwk: string;
  sealed_private_jwk: string;
  active_from_at: number;
  publish_until_at: number | null;
  created_at: number;
  /** PEM. Null for a key that was made before there were certificates. */
  certificate: Generated<string | null>;
}
