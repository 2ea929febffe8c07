import { findHead } from '../audit/queries.ts';
import type { AuditWebhook } from '../contract/audit-webhooks.ts';
import type { Db, Tx } from '../storage/database.ts';
import { eventTypesOf } from './message.ts';
import type { AuditWebhookRow } from './queries.ts';

/** A webhook in the API, with its progress. */
export async function toAuditWebhook(db: Db | Tx, row: AuditWebhookRow, nowMs: number): Promise<AuditWebhook> {
  const head = await findHead(db, row.organization_id);
  const pruned = head?.pruned_sequence ?? 0;
  const isPaused = row.pause_reason !== null;
  const isFailing = row.attempt_count > 0;
  const oldSecretEndsAt = row.previous_secret_until_at ?? 0;
  return {
    id: row.id,
    orgId: row.organization_id,
    url: row.url,
    eventTypes: eventTypesOf(row),
    isActive: !isPaused,
    status: isPaused ? 'paused' : isFailing ? 'failing' : 'active',
    pauseReason: row.pause_reason,
    lastAttemptAt: momentOf(row.last_attempt_at),
    lastDeliveredAt: momentOf(row.last_delivered_at),
    lastError: row.last_error,
    attempts: row.attempt_count,
    nextAttemptAt: isFailing && !isPaused ? momentOf(row.next_attempt_at) : null,
    deliveredSequence: row.delivered_sequence,
    pendingCount: Math.max(0, (head?.sequence ?? 0) - Math.max(pruned, row.delivered_sequence)),
    missedCount: row.missed_count + Math.max(0, pruned - row.delivered_sequence),
    previousSecretUntil: oldSecretEndsAt > nowMs ? momentOf(oldSecretEndsAt) : null,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

function momentOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
