import type { Insertable, Selectable, Updateable } from 'kysely';

import type { Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type MailRow = Selectable<Schema['mail_outbox']>;

export async function insertMail(tx: Tx, row: Insertable<Schema['mail_outbox']>): Promise<void> {
  await tx.insertInto('mail_outbox').values(row).execute();
}

/** The number of messages of an organization since a time. */
export async function countMailsSince(tx: Tx, organizationId: string, sinceMs: number): Promise<number> {
  const { count } = await tx
    .selectFrom('mail_outbox')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('created_at', '>', sinceMs)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whether an organization has written to exactly this address since a time. */
export async function hasWrittenTo(
  tx: Tx,
  { addressHash, organizationId, sinceMs }: { addressHash: string; organizationId: string; sinceMs: number },
): Promise<boolean> {
  const row = await tx
    .selectFrom('mail_outbox')
    .select('id')
    .where('address_hash', '=', addressHash)
    .where('created_at', '>', sinceMs)
    .where('organization_id', '=', organizationId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a mailbox or a domain has reached a number of messages since a time, from all organizations. */
export async function hasGot(
  tx: Tx,
  {
    column,
    hash,
    sinceMs,
    count,
  }: { column: 'mailbox_hash' | 'domain_hash'; hash: string; sinceMs: number; count: number },
): Promise<boolean> {
  const row = await tx
    .selectFrom('mail_outbox')
    .select('id')
    .where(column, '=', hash)
    .where('created_at', '>', sinceMs)
    .orderBy('created_at', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Reserves messages that are due by moving their time: first the most overdue message of each organization, then the
 * second of each, so that an organization with many messages does not delay the others. The conditions appear twice
 * because PostgreSQL checks the outer ones again for a row that another node has just reserved.
 */
export async function claimDueMails(
  tx: Tx,
  { nowMs, leaseMs, limit }: { nowMs: number; leaseMs: number; limit: number },
): Promise<MailRow[]> {
  return tx
    .updateTable('mail_outbox')
    .set((row) => ({
      next_attempt_at: nowMs + leaseMs,
      attempt_count: row('attempt_count', '+', 1),
      updated_at: nowMs,
    }))
    .where('status', '=', 'queued')
    .where('next_attempt_at', '<=', nowMs)
    .where('id', 'in', (it) =>
      it
        .selectFrom((inner) =>
          inner
            .selectFrom('mail_outbox')
            .select(['id', 'next_attempt_at'])
            .select((row) =>
              row.fn
                .agg<number>('row_number')
                .over((over) => over.partitionBy('organization_id').orderBy('next_attempt_at').orderBy('id'))
                .as('turn'),
            )
            .where('status', '=', 'queued')
            .where('next_attempt_at', '<=', nowMs)
            .as('due'),
        )
        .select('due.id')
        .orderBy('due.turn')
        .orderBy('due.next_attempt_at')
        .limit(limit),
    )
    .returningAll()
    .execute();
}

/** Changes a waiting message. A message that was withdrawn or sent meanwhile stays unchanged. */
export async function changeQueued(tx: Tx, id: string, change: Updateable<Schema['mail_outbox']>): Promise<void> {
  await tx.updateTable('mail_outbox').set(change).where('id', '=', id).where('status', '=', 'queued').execute();
}

/** Withdraws a message, unless it is being sent. */
export async function withdrawMail(tx: Tx, id: string | null, nowMs: number): Promise<void> {
  if (id === null) return;
  await changeQueued(tx, id, { status: 'withdrawn', sealed_message: '', next_attempt_at: null, updated_at: nowMs });
}

/** Deletes finished messages from before a time. */
export async function deleteMailsBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('mail_outbox').select('id').where('created_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('mail_outbox').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
