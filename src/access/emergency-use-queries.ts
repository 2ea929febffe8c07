import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** Records a use; false if this session's use of the organization is recorded already. */
export async function insertEmergencyUse(tx: Tx, row: Schema['emergency_uses']): Promise<boolean> {
  const result = await tx
    .insertInto('emergency_uses')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'session_id']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function isEmergencyUseRecorded(
  db: Db | Tx,
  { organizationId, sessionId }: { organizationId: string; sessionId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('emergency_uses')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return row !== undefined;
}
