import { actorKind } from './column-kinds.ts';

/** The audit trails and their delivery. */
export const auditTables = [
  // An entry of an audit trail. Each organization has a trail with the sequence 1, 2, 3…; the server's own trail has the
  // organization id `server`. `hash` covers the entry and the hash of the entry before it. There is no foreign key,
  // because a trail stays after its organization is deleted. Each index ends with the columns that pages are sorted by.
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
  `create index audit_events_by_time on audit_events (organization_id, created_at, sequence)`,
  `create index audit_events_by_event on audit_events (organization_id, event_type, created_at, sequence)`,
  `create index audit_events_by_actor on audit_events (organization_id, actor_type, created_at, sequence)`,

  // The head of an audit trail: its last entry, and up to where the operator has pruned it. `seal` is a MAC over the row
  // with a key from `audit_keys`, so that a trail that was shortened is detected.
  `create table audit_heads (
    organization_id text primary key not null,
    sequence bigint not null,
    hash text not null,
    pruned_sequence bigint not null,
    pruned_hash text not null,
    seal text not null
  )`,

  // The key that seals the heads, itself sealed with a data key.
  `create table audit_keys (id text primary key not null, sealed_key text not null)`,

  // A webhook that delivers an organization's audit trail. The row is the outbox: the receiver has the trail up to
  // `delivered_sequence`, and `message_*` describes the message that is sent again with the same content until it arrives.
  // `lease_*` names the node that sends it. `revision` grows with every change: a node takes only the row that it has read.
  `create table audit_webhooks (
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
    message_through_sequence bigint,
    attempt_count bigint not null,
    next_attempt_at bigint not null,
    failing_since_at bigint,
    last_attempt_at bigint,
    last_delivered_at bigint,
    last_error text,
    lease_id text,
    lease_until_at bigint not null,
    ${actorKind('granter_kind')},
    granter_id text,
    granter_proof text,
    granted_at bigint,
    created_at bigint not null,
    updated_at bigint not null
  )`,
];

const appendOnly = `'the audit trail is append-only'`;
const forwardOnly = `'the head of an audit trail moves forward only'`;
const movesBackward = `new.organization_id <> old.organization_id or new.sequence < old.sequence
      or new.pruned_sequence < old.pruned_sequence or new.pruned_sequence > new.sequence`;

/** The triggers that keep the trails append-only: only pruned entries may be deleted, and a head only moves forward. */
export const sqliteAuditTriggers = [
  // INSERT OR REPLACE deletes rows without firing the delete trigger.
  `create trigger audit_events_insert before insert on audit_events
    when new.sequence <= (select sequence from audit_heads where organization_id = new.organization_id)
    begin select raise(abort, ${appendOnly}); end`,
  `create trigger audit_events_update before update on audit_events
    begin select raise(abort, ${appendOnly}); end`,
  `create trigger audit_events_delete before delete on audit_events
    when old.sequence >
      coalesce((select pruned_sequence from audit_heads where organization_id = old.organization_id), 0)
    begin select raise(abort, ${appendOnly}); end`,
  `create trigger audit_heads_update before update on audit_heads
    when ${movesBackward}
    begin select raise(abort, ${forwardOnly}); end`,
  `create trigger audit_heads_delete before delete on audit_heads
    begin select raise(abort, ${forwardOnly}); end`,
];

export const postgresAuditTriggers = [
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
    when (${movesBackward})
    execute function refuse_audit_change()`,
  `create trigger audit_heads_delete before delete on audit_heads
    for each row execute function refuse_audit_change()`,
  `create trigger audit_heads_truncate before truncate on audit_heads
    for each statement execute function refuse_audit_change()`,
];
