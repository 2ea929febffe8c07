import { count, organizationId, userId } from './column-kinds.ts';

/** Sessions, and ways to sign in without the identity provider. */
export const sessionTables = [
  // A session of a user. All refresh tokens of a session share a secret, whose hash is `family_hash`; `refresh_hash` is of
  // the current token. `spent_refresh_tokens` is a JSON list of the hashes of tokens exchanged in the last seconds, newest
  // last, because two tabs may refresh at once. `authenticated_at` is when the user signed in: a session that was exchanged
  // for another keeps it. `continuation` is where the sign-in leads, so that a repeated callback continues to the same
  // place. It is sealed for the `state` of that sign-in, which the row does not have, so key rotation does not reseal it.
  `create table sessions (
    id text primary key not null,
    ${userId},
    organization_id text references organizations (id) on delete cascade,
    auth_method text not null,
    connection_id text,
    family_hash text not null,
    refresh_hash text not null,
    ${count('refresh_count')},
    spent_refresh_tokens text not null default '[]',
    continuation text,
    ip_address text not null,
    user_agent text not null,
    authenticated_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    end_reason text,
    created_at bigint not null
  )`,
  `create index sessions_by_user on sessions (user_id)`,
  `create index sessions_by_organization on sessions (organization_id)`,
  `create index sessions_by_expiry on sessions (expires_at)`,

  // How many password attempts were made since `started_at`. Break-glass codes are counted here too. The database counts,
  // so that a limit applies to all nodes together. `key` is a SHA-256 of the account and the network.
  `create table password_attempt_counts (
    key text primary key not null,
    count bigint not null check (count >= 0),
    started_at bigint not null
  )`,
  `create index password_attempt_counts_by_start on password_attempt_counts (started_at)`,

  // A network from which an account signed in with its password: such a network is exempt from the limit for strangers,
  // who could otherwise lock the account. `key` is a SHA-256 of the account and the network.
  `create table known_networks (key text primary key not null, last_used_at bigint not null)`,
  `create index known_networks_by_use on known_networks (last_used_at)`,

  // A one-time code that lets an admin sign in although single sign-on is enforced. A used code stays, so that its owner
  // sees how many are left.
  `create table break_glass_codes (
    id text primary key not null,
    ${organizationId},
    ${userId},
    code_hash text not null unique,
    used_at bigint,
    created_at bigint not null
  )`,
  `create index break_glass_codes_by_owner on break_glass_codes (organization_id, user_id)`,
  `create index break_glass_codes_by_user on break_glass_codes (user_id)`,

  // A session that bypassed enforced single sign-on. The row has the e-mail address, because admins read the list even if
  // the user has been deleted.
  `create table emergency_uses (
    id text primary key not null,
    ${organizationId},
    kind text not null check (kind in ('bypass', 'break-glass')),
    user_id text not null,
    email text not null,
    session_id text not null,
    ip_address text not null,
    user_agent text not null,
    created_at bigint not null,
    unique (organization_id, session_id)
  )`,
  `create index emergency_uses_by_time on emergency_uses (organization_id, created_at, id)`,

  // How far an admin has read the list of emergency uses.
  `create table emergency_use_readers (
    ${organizationId},
    ${userId},
    seen_until_at bigint not null,
    primary key (organization_id, user_id)
  )`,
  `create index emergency_use_readers_by_user on emergency_use_readers (user_id)`,
];
