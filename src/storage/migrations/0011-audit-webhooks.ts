import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Where the audit trail of an organization is delivered to, and how far that has come.
 *
 * A row is the outbox of its organization. What is to be sent stands in the trail, which nobody can change, so nothing is
 * written for the webhook when an entry is: `delivered_sequence` is up to where the receiver has the trail. The message
 * under way is written down before it is sent, so that it goes out with the same identifier and the same entries again
 * until it has arrived, whichever node sends it. `lease_id` and `lease_until_at` say which node that is. `revision` grows
 * with every change: a node claims the row that it has read, or none.
 */
export async function auditWebhooks(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statement is a constant of this file; nothing from outside gets into it.
  await sql.raw(forEngine(statement, engine)).execute(db);
}

const statement = `create table audit_webhooks (
    id text primary key not null,
    organization_id text not null unique references organizations (id) on delete cascade,
    revision bigint not null,
    url text not null,
    event_types text not null,
    sealed_secret text not null,
    sealed_previous_secret text not null,
    previous_secret_until_at bigint,
    pause_reason text check (pause_reason in ('by_admin', 'gone', 'failing')),
    delivered_sequence bigint not null check (delivered_sequence >= 0),
    missed_count bigint not null,
    message_id text,
    message_kind text check (message_kind in ('entries', 'gap')),
    message_through bigint,
    attempt_count bigint not null,
    next_attempt_at bigint not null,
    failing_since_at bigint,
    last_attempt_at bigint,
    last_delivered_at bigint,
    last_error text,
    lease_id text,
    lease_until_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null
  )`;
