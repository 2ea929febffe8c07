import type { Generated } from 'kysely';

import type { AuditWebhookError, AuditWebhookPauseReason } from '../../contract/audit-webhooks.ts';

/**
 * The audit trail. It refers to nothing by foreign key: a trail outlives what it tells of. `organization_id` is `server`
 * for what concerns the server alone.
 */
export interface AuditEventsTable {
  organization_id: string;
  /** 1, 2, 3… in each trail. */
  sequence: number;
  id: string;
  created_at: number;
  actor_type: string;
  actor_metadata: string;
  event_type: string;
  event_metadata: string;
  ip_address: string;
  user_agent: string;
  /** Covers the entry and the hash before it. */
  hash: string;
}

/** How far each audit trail goes, sealed with a key that the database does not hold. */
export interface AuditHeadsTable {
  organization_id: string;
  sequence: number;
  hash: string;
  /** Entries up to here were removed by the operator; `pruned_hash` is the hash of the last of them. */
  pruned_sequence: number;
  pruned_hash: string;
  /** Entries up to here were written before trails were sealed; 0 in every trail that a released version began. */
  adopted_sequence: number;
  seal: string;
}

/** The key that seals the heads of audit trails, under the id `head`. */
export interface AuditKeysTable {
  id: string;
  sealed_key: string;
}

/** Where the audit trail of an organization is delivered to, and how far that has come: its outbox. */
export interface AuditWebhooksTable {
  id: string;
  organization_id: string;
  revision: number;
  url: string;
  /** A JSON list; empty for all. */
  event_types: string;
  sealed_secret: string;
  /** The secret before the last rotation, which signs besides until its time is over; empty when there is none. */
  sealed_previous_secret: string;
  previous_secret_until_at: number | null;
  /** `null` while it is not paused. */
  pause_reason: AuditWebhookPauseReason | null;
  /** The receiver has the trail up to here. */
  delivered_sequence: number;
  /** Entries that were pruned before they were delivered. */
  missed_count: number;
  /** The message that is sent until it has arrived: `message_through` is the last sequence that it speaks of. */
  message_id: string | null;
  message_kind: 'entries' | 'gap' | null;
  message_through: number | null;
  attempt_count: number;
  next_attempt_at: number;
  failing_since_at: number | null;
  last_attempt_at: number | null;
  last_delivered_at: number | null;
  last_error: AuditWebhookError | null;
  lease_id: string | null;
  lease_until_at: number;
  created_at: number;
  updated_at: number;
  /** Who chose the receiver. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  granter_proof: Generated<string | null>;
  granted_at: Generated<number | null>;
}
