import { sql } from 'kysely';

import type { Tx } from '../storage/database.ts';

/** Counts one more attempt under a key and returns how many there were since the window began, this one included. */
export async function countAttempt(
  tx: Tx,
  { key, nowMs, windowMs }: { key: string; nowMs: number; windowMs: number },
): Promise<number> {
  const isOver = sql<boolean>`attempt_counts.started_at <= ${nowMs - windowMs}`;
  const row = await tx
    .insertInto('attempt_counts')
    .values({ key, count: 1, started_at: nowMs })
    .onConflict((on) =>
      on.column('key').doUpdateSet({
        count: sql<number>`case when ${isOver} then 1 else attempt_counts.count + 1 end`,
        started_at: sql<number>`case when ${isOver} then excluded.started_at else attempt_counts.started_at end`,
      }),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function forgetAttempts(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.deleteFrom('attempt_counts').where('key', 'in', keys).execute();
}
