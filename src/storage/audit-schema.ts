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
  /** Entries up to here were written before trails were sealed. */
  adopted_sequence: number;
  seal: string;
}

/** The key that seals the heads of audit trails, under the id `head`. */
export interface AuditKeysTable {
  id: string;
  sealed_key: string;
}
