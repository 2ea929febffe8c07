import type { Generated } from 'kysely';

import type { AuditWebhookError, AuditWebhookPauseReason } from '../../contract/audit-webhooks.ts';

/** An entry of an audit trail. */
export interface AuditEventsTable {
  /** `server` in the server's own trail. */
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
  /** Covers the entry and the hash of the entry before it. */
  hash: string;
}

/** The head of an audit trail. */
export interface AuditHeadsTable {
  organization_id: string;
  /** The last entry. */
  sequence: number;
  hash: string;
  /** The last entry that the operator pruned. */
  pruned_sequence: number;
  pruned_hash: string;
  /** A MAC over the row, with the key in `audit_keys`. */
  seal: string;
}

/** The key that seals the heads of audit trails. Its id is `head`. */
export interface AuditKeysTable {
  id: string;
  sealed_key: string;
}

/** A webhook that delivers an organization's audit trail, and its outbox. */
export interface AuditWebhooksTable {
  id: string;
  organization_id: string;
  revision: number;
  url: string;
  /** A JSON list; empty for all. */
  event_types: string;
  sealed_secret: string;
  /** The secret before the last rotation, which also signs until `previous_secret_until_at`. Empty without one. */
  sealed_previous_secret: string;
  previous_secret_until_at: number | null;
  /** `null` unless it is paused. */
  pause_reason: AuditWebhookPauseReason | null;
  /** The receiver has the trail up to this entry. */
  delivered_sequence: number;
  /** Entries that were pruned before they were delivered. */
  missed_count: number;
  /** The message that is being sent: the server repeats it unchanged until it arrives. */
  message_id: string | null;
  message_kind: 'entries' | 'gap' | null;
  /** The last entry that the message covers. */
  message_through_sequence: number | null;
  attempt_count: number;
  next_attempt_at: number;
  failing_since_at: number | null;
  last_attempt_at: number | null;
  last_delivered_at: number | null;
  last_error: AuditWebhookError | null;
  lease_id: string | null;
  lease_until_at: number;
  /** Who chose the receiver. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  granter_proof: Generated<string | null>;
  granted_at: Generated<number | null>;
  created_at: number;
  updated_at: number;
}
