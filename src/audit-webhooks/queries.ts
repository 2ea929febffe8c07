import type { Selectable, Updateable } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type AuditWebhookRow = Selectable<Schema['audit_webhooks']>;

export async function findWebhookOf(db: Db | Tx, organizationId: string): Promise<AuditWebhookRow | undefined> {
  return db.selectFrom('audit_webhooks').selectAll().where('organization_id', '=', organizationId).executeTakeFirst();
}

/** Adds a webhook; false if the organization already has one. */
export async function insertWebhook(tx: Tx, row: AuditWebhookRow): Promise<boolean> {
  const result = await tx
    .insertInto('audit_webhooks')
    .values(row)
    .onConflict((on) => on.column('organization_id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function deleteWebhookRow(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('audit_webhooks').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

type Change = Omit<Updateable<Schema['audit_webhooks']>, 'id' | 'revision' | 'organization_id'>;

/** Changes a webhook unconditionally. The caller holds the lock of the organization. */
export async function changeWebhook(tx: Tx, id: string, change: Change): Promise<AuditWebhookRow | undefined> {
  return tx
    .updateTable('audit_webhooks')
    .set((row) => ({ ...change, revision: row('revision', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Changes a webhook that is still as it was read; `undefined` if another change was faster. */
export async function claimWebhook(
  tx: Tx,
  { id, revision }: Pick<AuditWebhookRow, 'id' | 'revision'>,
  claim: Pick<
    AuditWebhookRow,
    'lease_id' | 'lease_until_at' | 'message_id' | 'message_kind' | 'message_through_sequence'
  >,
): Promise<AuditWebhookRow | undefined> {
  return tx
    .updateTable('audit_webhooks')
    .set({ ...claim, revision: revision + 1 })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .returningAll()
    .executeTakeFirst();
}

/** Stores the outcome of a message and ends the lease; false if the lease is no longer valid. */
export async function settleClaim(
  tx: Tx,
  { id, lease_id }: Pick<AuditWebhookRow, 'id' | 'lease_id'>,
  change: Change,
): Promise<boolean> {
  const result = await tx
    .updateTable('audit_webhooks')
    .set((row) => ({ ...change, lease_id: null, lease_until_at: 0, revision: row('revision', '+', 1) }))
    .where('id', '=', id)
    .where('lease_id', '=', lease_id)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Webhooks that are due and whose receiver does not have every entry: working receivers before those that failed, the
 * longest
 * overdue first.
 */
export async function listDueWebhooks(
  db: Db,
  { nowMs, limit, except }: { nowMs: number; limit: number; except: readonly string[] },
): Promise<AuditWebhookRow[]> {
  return dueWebhooks(db, nowMs)
    .$if(except.length > 0, (query) => query.where('webhook.id', 'not in', except))
    .orderBy('webhook.attempt_count')
    .orderBy('webhook.next_attempt_at')
    .limit(limit)
    .execute();
}

/** One webhook, if it is due. */
export async function findDueWebhook(db: Db, id: string, nowMs: number): Promise<AuditWebhookRow | undefined> {
  return dueWebhooks(db, nowMs).where('webhook.id', '=', id).executeTakeFirst();
}

function dueWebhooks(db: Db, nowMs: number) {
  return db
    .selectFrom('audit_webhooks as webhook')
    .innerJoin('audit_heads as head', 'head.organization_id', 'webhook.organization_id')
    .selectAll('webhook')
    .where('webhook.pause_reason', 'is', null)
    .where('webhook.next_attempt_at', '<=', nowMs)
    .where('webhook.lease_until_at', '<=', nowMs)
    .whereRef('head.sequence', '>', 'webhook.delivered_sequence');
}
