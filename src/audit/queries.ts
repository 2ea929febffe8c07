import type { Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema.ts';

/** Adds one row to the trail. There is no query that changes or removes one. */
export async function insertAuditEvent(tx: Tx, row: Schema['audit_events']): Promise<void> {
  await tx.insertInto('audit_events').values(row).execute();
}
