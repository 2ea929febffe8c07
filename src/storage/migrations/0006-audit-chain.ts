import { createHash } from 'node:crypto';

import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Makes the audit trail append-only and chains its entries.
 *
 * Each organization has a trail with the sequence 1, 2, 3…; the server's own is named `server`. An entry's hash covers
 * the entry and the hash before it, and `audit_heads` keeps how far each trail goes. The entries from before are
 * chained in the order in which they were written. The seal of their heads needs a key that no migration has, so these
 * heads stay unsealed and the verification reports them. `adopted_sequence` is part of what a seal covers.
 *
 * Triggers refuse every change of an entry. What may be deleted is what the head calls pruned, and a head moves forward
 * only. The identifier of an entry is no key any more: nothing looks for it, and a random key is dear to keep.
 */
export async function auditChain(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of tables) await sql.raw(forEngine(statement, engine)).execute(db);
  for (const trail of await listTrails(db)) await chainTrail(db, trail);
  const last = [...indexes, ...(engine === 'postgres' ? postgresTriggers : sqliteTriggers)];
  for (const statement of last) await sql.raw(statement).execute(db);
}

const tables = [
  `drop index audit_events_by_organization`,
  `alter table audit_events rename to audit_events_unchained`,
  `create table audit_events (
    organization_id text not null,
    sequence bigint not null check (sequence > 0),
    id text not null,
    created_at bigint not null,
    actor_type text not null,
    actor_metadata text not null,
    event_type text not null,
    event_metadata text not null,
    ip_address text not null,
    user_agent text not null,
    hash text not null,
    primary key (organization_id, sequence)
  )`,
  `create table audit_heads (
    organization_id text primary key not null,
    sequence bigint not null,
    hash text not null,
    pruned_sequence bigint not null,
    pruned_hash text not null,
    adopted_sequence bigint not null,
    seal text not null
  )`,
  `create table audit_keys (id text primary key not null, sealed_key text not null)`,
];

// Each ends with what pages are sorted by, so that a page costs what it holds, however long the trail is.
const indexes = [
  `drop table audit_events_unchained`,
  `create index audit_events_by_time on audit_events (organization_id, created_at, sequence)`,
  `create index audit_events_by_event on audit_events (organization_id, event_type, created_at, sequence)`,
  `create index audit_events_by_actor on audit_events (organization_id, actor_type, created_at, sequence)`,
];

const sqliteTriggers = [
  // An INSERT OR REPLACE deletes without telling the trigger for deletes.
  `create trigger audit_events_insert before insert on audit_events
    when new.sequence <= (select sequence from audit_heads where organization_id = new.organization_id)
    begin select raise(abort, 'the audit trail is append-only'); end`,
  `create trigger audit_events_update before update on audit_events
    begin select raise(abort, 'the audit trail is append-only'); end`,
  `create trigger audit_events_delete before delete on audit_events
    when old.sequence >
      coalesce((select pruned_sequence from audit_heads where organization_id = old.organization_id), 0)
    begin select raise(abort, 'the audit trail is append-only'); end`,
  `create trigger audit_heads_update before update on audit_heads
    when new.organization_id <> old.organization_id or new.sequence < old.sequence
      or new.pruned_sequence < old.pruned_sequence or new.pruned_sequence > new.sequence
    begin select raise(abort, 'the head of an audit trail moves forward only'); end`,
  `create trigger audit_heads_delete before delete on audit_heads
    begin select raise(abort, 'the head of an audit trail moves forward only'); end`,
];

const postgresTriggers = [
  `create function refuse_audit_change() returns trigger language plpgsql as
    'begin raise exception ''the audit trail is append-only''; end'`,
  `create function refuse_audit_delete() returns trigger language plpgsql as
    'begin
      if old.sequence > coalesce(
        (select pruned_sequence from audit_heads where organization_id = old.organization_id), 0)
      then raise exception ''the audit trail is append-only''; end if;
      return old;
    end'`,
  `create trigger audit_events_update before update on audit_events
    for each row execute function refuse_audit_change()`,
  `create trigger audit_events_delete before delete on audit_events
    for each row execute function refuse_audit_delete()`,
  `create trigger audit_events_truncate before truncate on audit_events
    for each statement execute function refuse_audit_change()`,
  `create trigger audit_heads_update before update on audit_heads for each row
    when (new.organization_id <> old.organization_id or new.sequence < old.sequence
      or new.pruned_sequence < old.pruned_sequence or new.pruned_sequence > new.sequence)
    execute function refuse_audit_change()`,
  `create trigger audit_heads_delete before delete on audit_heads
    for each row execute function refuse_audit_change()`,
  `create trigger audit_heads_truncate before truncate on audit_heads
    for each statement execute function refuse_audit_change()`,
];

interface OldEntry {
  readonly id: string;
  readonly sequence: number | string;
  readonly created_at: number | string;
  readonly actor_type: string;
  readonly actor_metadata: string;
  readonly event_type: string;
  readonly event_metadata: string;
  readonly ip_address: string;
  readonly user_agent: string;
}

const noHash = '0'.repeat(64);
const pageSize = 500;

async function listTrails(db: Kysely<unknown>): Promise<string[]> {
  const found = await sql<{ trail: string }>`
    select distinct coalesce(organization_id, 'server') as trail from audit_events_unchained
  `.execute(db);
  return found.rows.map((row) => row.trail);
}

async function chainTrail(db: Kysely<unknown>, trail: string): Promise<void> {
  let sequence = 0;
  let hash = noHash;
  let after: { readonly sequence: number | string; readonly id: string } = { sequence: -1, id: '' };
  for (;;) {
    const page = await sql<OldEntry>`
      select * from audit_events_unchained
      where coalesce(organization_id, 'server') = ${trail} and (sequence, id) > (${after.sequence}, ${after.id})
      order by sequence, id limit ${pageSize}
    `.execute(db);
    const last = page.rows.at(-1);
    if (last === undefined) break;
    const values = page.rows.map((entry) => {
      sequence += 1;
      hash = hashOf({ trail, sequence, previousHash: hash }, entry);
      const { id, created_at, actor_type, actor_metadata, event_type, event_metadata, ip_address, user_agent } = entry;
      const told = [actor_type, actor_metadata, event_type, event_metadata, ip_address, user_agent];
      return sql`(${sql.join([trail, sequence, id, created_at, ...told, hash])})`;
    });
    await sql`insert into audit_events values ${sql.join(values)}`.execute(db);
    after = last;
  }
  await sql`insert into audit_heads values (${trail}, ${sequence}, ${hash}, 0, ${noHash}, 0, '')`.execute(db);
}

// As the program of this version hashes an entry; a migration stays what it was when the program changes.
function hashOf(
  { trail, sequence, previousHash }: { trail: string; sequence: number; previousHash: string },
  entry: OldEntry,
): string {
  const json = JSON.stringify;
  const content =
    `{"sequence":${sequence},"previousHash":"${previousHash}","id":${json(entry.id)},` +
    `"createdAt":"${new Date(Number(entry.created_at)).toISOString()}","orgId":${json(trail === 'server' ? null : trail)},` +
    `"actor":{"type":${json(entry.actor_type)},"metadata":${entry.actor_metadata}},` +
    `"event":{"type":${json(entry.event_type)},"metadata":${entry.event_metadata}},` +
    `"ipAddress":${json(entry.ip_address)},"userAgent":${json(entry.user_agent)}}`;
  return createHash('sha256').update(content, 'utf8').digest('hex');
}
