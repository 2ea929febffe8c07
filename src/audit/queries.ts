import type { Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema.ts';
import { statement } from '../storage/statement.ts';

/** Adds one row to the trail. There is no query that changes or removes one. */
export async function insertAuditEvent(tx: Tx, row: Schema['audit_events']): Promise<void> {
  await addEvent.run(tx, row);
}

const addEvent = statement((tx: Tx, row: Schema['audit_events']) => tx.insertInto('audit_events').values(row));
