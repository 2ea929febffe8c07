import { sql } from 'kysely';

import type { ErrorCode } from '../contract/errors.ts';
import type { Tx } from '../storage/database.ts';
import { omittedDetails } from './stored-record.ts';

/**
 * Counts one more refused sign-in of an organization in its minute. Returns how many of that minute were not recorded,
 * including this one if it is not recorded.
 */
export async function countRefusal(
  tx: Tx,
  { organizationId, minuteAtMs, recordedMax }: { organizationId: string; minuteAtMs: number; recordedMax: number },
): Promise<number> {
  const isFull = sql<boolean>`refused_login_attempt_counts.recorded >= ${recordedMax}`;
  const row = await tx
    .insertInto('refused_login_attempt_counts')
    .values({ organization_id: organizationId, minute_at: minuteAtMs, recorded: 1, omitted: 0 })
    .onConflict((on) =>
      on.columns(['organization_id', 'minute_at']).doUpdateSet({
        recorded: sql<number>`refused_login_attempt_counts.recorded + case when ${isFull} then 0 else 1 end`,
        omitted: sql<number>`refused_login_attempt_counts.omitted + case when ${isFull} then 1 else 0 end`,
      }),
    )
    .returning('omitted')
    .executeTakeFirstOrThrow();
  return row.omitted;
}

/** Reduces a consumed attempt to what rejects a second callback and what the member's error page shows. */
export async function omitAttempt(
  tx: Tx,
  id: string,
  { code, nowMs }: { code: ErrorCode; nowMs: number },
): Promise<void> {
  await tx
    .updateTable('login_attempts')
    .set({ organization_id: null, outcome: 'refused', code, details: omittedDetails, finished_at: nowMs })
    .where('id', '=', id)
    .execute();
}
