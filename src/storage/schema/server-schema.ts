import type { IdTokenAlgorithm } from '../../contract/applications.ts';
/** A fact about the server as a whole. */
export interface ServerStateTable {
  key: string;
  value: string;
}

/** A key that seals secrets. The newest key whose `active_from_at` has passed seals; the others only open. */
export interface DataKeysTable {
  id: string;
  active_from_at: number;
  retired_at: number | null;
  created_at: number;
}

/** A data key, sealed by one root key. */
export interface DataKeySealsTable {
  data_key_id: string;
  root_key_id: string;
  sealed_key: string;
  created_at: number;
}

/** A key pair that signs access tokens. */
export interface SigningKeysTable {
  /** The `kid` of the published key (RFC 7517, section 4.5). */
  id: string;
  algorithm: IdTokenAlgorithm;
  public_jwk: string;
  /** Empty once the private key is deleted. */
  sealed_private_jwk: string;
  active_from_at: number;
  retired_at: number | null;
  verify_until_at: number | null;
  created_at: number;
}
