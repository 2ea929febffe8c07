import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Enforced single sign-on, and the ways past it.
 *
 * A session remembers the sign-in that it goes back to: one that was exchanged for another keeps that moment, so that
 * no chain of exchanges outlives what the organization allows. Break-glass codes are stored hashed and are marked when
 * used rather than deleted, so that their owner sees how many are left. Each session that passes an enforcement is
 * written down once; the address stands in the row because the list must be readable when the user is gone. Attempts
 * are counted in the database, so that a limit holds over all nodes.
 */
export async function emergencyAccess(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const organizationId = 'organization_id text not null references organizations (id) on delete cascade';

const statements = [
  `alter table sessions add column authenticated_at bigint not null default 0`,
  `update sessions set authenticated_at = created_at`,
  `create table break_glass_codes (
    id text primary key not null,
    ${organizationId},
    user_id text not null references users (id) on delete cascade,
    code_hash text not null unique,
    created_at bigint not null,
    used_at bigint
  )`,
  `create index break_glass_codes_by_owner on break_glass_codes (organization_id, user_id)`,
  `create index break_glass_codes_by_user on break_glass_codes (user_id)`,
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
  `create table emergency_use_readers (
    ${organizationId},
    user_id text not null references users (id) on delete cascade,
    seen_until_at bigint not null,
    primary key (organization_id, user_id)
  )`,
  `create index emergency_use_readers_by_user on emergency_use_readers (user_id)`,
  `create table attempt_counts (
    key text primary key not null,
    count bigint not null check (count >= 0),
    started_at bigint not null
  )`,
  `create index attempt_counts_by_start on attempt_counts (started_at)`,
];
