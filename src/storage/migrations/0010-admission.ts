import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Whom an organization admits: a policy, and invitations.
 *
 * An invitation stands apart from the members. It names an address and not a person: who that is, the identity provider
 * says at their first sign-in, and only then there is a user and a membership. One invitation an address may be open,
 * which the unique index over the open ones makes sure of. Its link's token is stored hashed.
 *
 * `mail_outbox` holds the messages that were promised by a committed change. A message contains the link, so it is
 * sealed, and removed from the row when nobody needs it any more; the row stays for a while, because how many messages
 * an organization caused is counted by it.
 */
export async function admission(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const organizationId = 'organization_id text not null references organizations (id) on delete cascade';

const statements = [
  `alter table organizations add column provisioning_policy text not null default 'just-in-time'`,
  `create table invitations (
    id text primary key not null,
    ${organizationId},
    email text not null,
    email_key text not null,
    role text not null check (role in ('admin', 'member', 'no-access')),
    group_ids text not null,
    status text not null check (status in ('invited', 'accepted', 'revoked', 'expired')),
    token_hash text not null unique,
    inviter_kind text not null check (inviter_kind in ('user', 'identity')),
    inviter_id text not null,
    inviter_name text not null,
    mail_id text,
    accepted_user_id text,
    created_at bigint not null,
    updated_at bigint not null,
    expires_at bigint not null
  )`,
  `create unique index invitations_open on invitations (organization_id, email_key) where status = 'invited'`,
  `create index invitations_by_time on invitations (organization_id, created_at, id)`,
  `create index invitations_by_end on invitations (expires_at)`,
  `create table mail_outbox (
    id text primary key not null,
    ${organizationId},
    sealed_message text not null,
    status text not null check (status in ('queued', 'sent', 'failed', 'withdrawn')),
    attempts bigint not null check (attempts >= 0),
    next_attempt_at bigint,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create index mail_outbox_by_next_attempt on mail_outbox (next_attempt_at)`,
  `create index mail_outbox_by_time on mail_outbox (organization_id, created_at)`,
  `create index mail_outbox_by_age on mail_outbox (created_at)`,
];
