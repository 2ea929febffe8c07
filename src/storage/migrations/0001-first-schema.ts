import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * The first schema.
 *
 * Both engines get the same tables, written once in PostgreSQL's type names: SQLite's strict tables know each integer
 * type as `integer`. Text compares byte for byte on both (`collate "C"`), so that lists sort alike whatever locale the
 * PostgreSQL database was made with. Times are integers, booleans are 0 or 1, so that no driver converts anything.
 * An organization's rows go with it by cascade; the audit trail alone refers to nothing, since it outlives what it
 * tells of. `user_identities` is found by a hash of organization, issuer and subject: the three together may be longer
 * than an index row of PostgreSQL takes (2,704 bytes).
 */
export async function firstSchema(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of [...keys, ...directory, ...machines, ...signIn, ...trail]) {
    // The statements are constants of this file; nothing from outside gets into them.
    await sql.raw(forEngine(statement, engine)).execute(db);
  }
}

const bit = (column: string) => `${column} smallint not null check (${column} in (0, 1))`;
const count = (column: string) => `${column} bigint not null check (${column} >= 0)`;
const role = (column: string) => `${column} text not null check (${column} in ('admin', 'member', 'no-access'))`;
const organizationId = 'organization_id text not null references organizations (id) on delete cascade';
const userId = 'user_id text not null references users (id) on delete cascade';
const timestamps = 'created_at bigint not null, updated_at bigint not null';

const keys = [
  `create table server_state (key text primary key not null, value text not null)`,
  `create table data_keys (
    id text primary key not null,
    sealed_key text not null,
    root_key_id text not null,
    created_at bigint not null,
    retired_at bigint
  )`,
  `create table signing_keys (
    id text primary key not null,
    algorithm text not null,
    public_jwk text not null,
    sealed_private_jwk text not null,
    created_at bigint not null,
    active_from_at bigint not null,
    retired_at bigint
  )`,
];

const directory = [
  `create table organizations (
    id text primary key not null,
    name text not null,
    slug text not null unique,
    ${bit('auth_enforced')},
    ${bit('bypass_org_auth_enabled')},
    ${role('default_membership_role')},
    user_token_expiration text not null,
    ${timestamps}
  )`,
  `create table users (
    id text primary key not null,
    username text not null,
    email text not null,
    email_key text not null,
    first_name text not null,
    last_name text not null,
    ${bit('is_email_verified')},
    ${bit('is_super_admin')},
    password_hash text,
    ${timestamps}
  )`,
  `create index users_by_email_key on users (email_key)`,
  `create unique index users_with_password on users (email_key) where password_hash is not null`,
  `create table memberships (
    id text primary key not null,
    ${organizationId},
    ${userId},
    ${role('role')},
    status text not null,
    email_key text not null,
    ${bit('is_active')},
    source text not null check (source in ('sso', 'manual', 'bootstrap')),
    ${timestamps},
    last_login_method text,
    last_login_at bigint,
    unique (organization_id, user_id),
    unique (organization_id, email_key)
  )`,
  `create index memberships_by_user on memberships (user_id)`,
  `create table user_identities (
    id text primary key not null,
    ${organizationId},
    ${userId},
    issuer text not null,
    subject text not null,
    identity_key text not null unique,
    created_at bigint not null,
    last_login_at bigint not null
  )`,
  `create index user_identities_by_user on user_identities (user_id)`,
  `create table groups (
    id text primary key not null,
    ${organizationId},
    name text not null,
    slug text not null,
    ${role('role')},
    ${timestamps},
    unique (organization_id, slug),
    unique (organization_id, name)
  )`,
  `create table group_memberships (
    group_id text not null references groups (id) on delete cascade,
    ${userId},
    organization_id text not null,
    source text not null check (source in ('manual', 'idp')),
    created_at bigint not null,
    primary key (group_id, user_id)
  )`,
  `create index group_memberships_by_user on group_memberships (organization_id, user_id)`,
];

const machines = [
  `create table machine_identities (
    id text primary key not null,
    ${organizationId},
    name text not null,
    ${role('role')},
    ${bit('is_instance_admin')},
    ${timestamps}
  )`,
  `create index machine_identities_by_organization on machine_identities (organization_id, id)`,
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
    ${count('failed_count')},
    last_failed_at bigint,
    locked_until_at bigint,
    ${timestamps}
  )`,
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
    ${timestamps}
  )`,
  `create index client_secrets_by_universal_auth on client_secrets (universal_auth_id)`,
  `create table machine_tokens (
    id text primary key not null,
    identity_id text not null references machine_identities (id) on delete cascade,
    client_secret_id text references client_secrets (id) on delete set null,
    ${count('ttl_seconds')},
    ${count('max_ttl_seconds')},
    ${count('num_uses')},
    ${count('num_uses_limit')},
    created_at bigint not null,
    renewed_at bigint,
    expires_at bigint not null,
    ${bit('is_revoked')}
  )`,
  `create index machine_tokens_by_identity on machine_tokens (identity_id)`,
  `create index machine_tokens_by_client_secret on machine_tokens (client_secret_id)`,
  `create index machine_tokens_by_expiry on machine_tokens (expires_at)`,
];

const signIn = [
  `create table oidc_configs (
    id text primary key not null,
    organization_id text not null unique references organizations (id) on delete cascade,
    ${count('revision')},
    configuration_type text not null check (configuration_type in ('custom', 'discoveryURL')),
    issuer text not null,
    authorization_endpoint text not null,
    discovery_url text not null,
    jwks_uri text not null,
    token_endpoint text not null,
    userinfo_endpoint text not null,
    client_id text not null,
    sealed_client_secret text not null,
    ${bit('is_active')},
    allowed_email_domains text not null,
    ${bit('manage_group_memberships')},
    jwt_signature_algorithm text not null,
    group_name_matching text not null default 'exact' check (group_name_matching in ('exact', 'case-insensitive')),
    last_sign_in_at bigint,
    ${timestamps}
  )`,
  `create table sessions (
    id text primary key not null,
    ${userId},
    organization_id text references organizations (id) on delete cascade,
    auth_method text not null,
    oidc_config_id text,
    family_hash text not null,
    refresh_hash text not null,
    ${count('refresh_count')},
    ip_address text not null,
    user_agent text not null,
    created_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    end_reason text
  )`,
  `create index sessions_by_user on sessions (user_id)`,
  `create index sessions_by_organization on sessions (organization_id)`,
  `create index sessions_by_expiry on sessions (expires_at)`,
  `create table login_attempts (
    id text primary key not null,
    organization_id text references organizations (id) on delete cascade,
    outcome text not null check (outcome in ('started', 'succeeded', 'refused')),
    code text,
    user_id text,
    details text not null,
    created_at bigint not null,
    finished_at bigint
  )`,
  `create index login_attempts_by_organization on login_attempts (organization_id, created_at)`,
  `create index login_attempts_by_time on login_attempts (created_at)`,
];

const trail = [
  `create table audit_events (
    id text primary key not null,
    organization_id text,
    sequence bigint not null,
    created_at bigint not null,
    actor_type text not null,
    actor_metadata text not null,
    event_type text not null,
    event_metadata text not null,
    ip_address text not null,
    user_agent text not null
  )`,
  `create index audit_events_by_organization on audit_events (organization_id, created_at, id)`,
];
