import { actorKind, bit, count, organizationId, role, timestamps } from './column-kinds.ts';

/**
 * Machine identities and their credentials.
 *
 * `granter_*` says who gave the role or the secret, so that it ends when that user's account turns out to be a stranger's.
 * `granter_proof` is a user's sign-in method, or the id of the client secret behind a machine identity's token.
 */
export const machineTables = [
  // A machine identity: a program with credentials. The identity that the first start creates has no granter.
  `create table machine_identities (
    id text primary key not null,
    ${organizationId},
    name text not null,
    ${role('role')},
    ${bit('is_instance_admin')},
    ${actorKind('granter_kind')},
    granter_id text,
    granter_proof text,
    granted_at bigint,
    ${timestamps}
  )`,
  `create index machine_identities_by_name on machine_identities (organization_id, name, id)`,
  `create index machine_identities_by_granter on machine_identities (granter_id) where granter_id is not null`,

  // How a machine identity logs in with a client secret, and the limits of its tokens. The `*_trusted_ips` are JSON lists.
  `create table universal_auths (
    id text primary key not null,
    identity_id text not null unique references machine_identities (id) on delete cascade,
    client_id text not null unique,
    ${count('access_token_ttl_seconds')},
    ${count('access_token_max_ttl_seconds')},
    ${count('access_token_num_uses_limit')},
    access_token_trusted_ips text not null,
    client_secret_trusted_ips text not null,
    ${bit('lockout_enabled')},
    ${count('lockout_threshold')},
    ${count('lockout_duration_seconds')},
    ${count('lockout_counter_reset_seconds')},
    ${timestamps}
  )`,

  // Failed logins with one client id from one network. The lockout applies to the network, so that a stranger who knows a
  // client id cannot lock the machine out everywhere. `network_hash` is a SHA-256.
  `create table universal_auth_failures (
    universal_auth_id text not null references universal_auths (id) on delete cascade,
    network_hash text not null,
    failed_count bigint not null,
    last_failed_at bigint not null,
    locked_until_at bigint,
    primary key (universal_auth_id, network_hash)
  )`,
  `create index universal_auth_failures_by_time on universal_auth_failures (last_failed_at)`,

  // A client secret, stored as a hash.
  `create table client_secrets (
    id text primary key not null,
    universal_auth_id text not null references universal_auths (id) on delete cascade,
    secret_hash text not null,
    prefix text not null,
    description text not null,
    ${count('num_uses')},
    ${count('num_uses_limit')},
    ${count('ttl_seconds')},
    ${bit('is_revoked')},
    last_used_at bigint,
    ${actorKind('granter_kind')},
    granter_id text,
    granter_proof text,
    ${timestamps}
  )`,
  `create index client_secrets_by_universal_auth on client_secrets (universal_auth_id)`,
  `create index client_secrets_by_granter on client_secrets (granter_id) where granter_id is not null`,

  // An access token of a machine identity. `id` is the token's `jti` (RFC 7519, section 4.1.7).
  `create table machine_tokens (
    id text primary key not null,
    identity_id text not null references machine_identities (id) on delete cascade,
    client_secret_id text references client_secrets (id) on delete set null,
    ${count('ttl_seconds')},
    ${count('max_ttl_seconds')},
    ${count('num_uses')},
    ${count('num_uses_limit')},
    renewed_at bigint,
    expires_at bigint not null,
    ${bit('is_revoked')},
    created_at bigint not null
  )`,
  `create index machine_tokens_by_identity on machine_tokens (identity_id)`,
  `create index machine_tokens_by_client_secret on machine_tokens (client_secret_id)`,
  `create index machine_tokens_by_expiry on machine_tokens (expires_at)`,
];
