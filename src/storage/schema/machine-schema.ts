import type { Generated } from 'kysely';

import type { Role } from '../../contract/shapes.ts';
import type { Bit } from './codecs.ts';

/** A machine identity: a program with credentials. */
export interface MachineIdentitiesTable {
  id: string;
  organization_id: string;
  name: string;
  role: Role;
  is_instance_admin: Bit;
  /** Who gave it its role; `null` for the identity that the first start creates. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  /** The sign-in method of a user, or the id of the client secret behind a machine identity's token. */
  granter_proof: Generated<string | null>;
  granted_at: Generated<number | null>;
  created_at: number;
  updated_at: number;
}

/** How a machine identity logs in with a client secret, and the limits of its tokens. */
export interface UniversalAuthsTable {
  id: string;
  identity_id: string;
  client_id: string;
  access_token_ttl_seconds: number;
  access_token_max_ttl_seconds: number;
  access_token_num_uses_limit: number;
  /** A JSON list. */
  access_token_trusted_ips: string;
  /** A JSON list. */
  client_secret_trusted_ips: string;
  lockout_enabled: Bit;
  lockout_threshold: number;
  lockout_duration_seconds: number;
  lockout_counter_reset_seconds: number;
  created_at: number;
  updated_at: number;
}

/** Failed logins with one client id from one network. */
export interface UniversalAuthFailuresTable {
  universal_auth_id: string;
  /** SHA-256, in hex. */
  network_hash: string;
  failed_count: number;
  last_failed_at: number;
  locked_until_at: number | null;
}

/** A client secret. */
export interface ClientSecretsTable {
  id: string;
  universal_auth_id: string;
  secret_hash: string;
  prefix: string;
  description: string;
  num_uses: number;
  num_uses_limit: number;
  ttl_seconds: number;
  is_revoked: Bit;
  last_used_at: number | null;
  /** Who created it, as in {@link MachineIdentitiesTable}. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  granter_proof: Generated<string | null>;
  created_at: number;
  updated_at: number;
}

/** An access token of a machine identity. */
export interface MachineTokensTable {
  /** The token's `jti` (RFC 7519, section 4.1.7). */
  id: string;
  identity_id: string;
  client_secret_id: string | null;
  ttl_seconds: number;
  max_ttl_seconds: number;
  num_uses: number;
  num_uses_limit: number;
  renewed_at: number | null;
  expires_at: number;
  is_revoked: Bit;
  created_at: number;
}
