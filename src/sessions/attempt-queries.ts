import { sql } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';

/** Counts one more attempt under a key and returns the number since the start of the window, including this one. */
export async function countAttempt(
  tx: Tx,
  { key, nowMs, windowMs }: { key: string; nowMs: number; windowMs: number },
): Promise<number> {
  const isOver = sql<boolean>`password_attempt_counts.started_at <= ${nowMs - windowMs}`;
  const row = await tx
    .insertInto('password_attempt_counts')
    .values({ key, count: 1, started_at: nowMs })
    .onConflict((on) =>
      on.column('key').doUpdateSet({
        count: sql<number>`case when ${isOver} then 1 else password_attempt_counts.count + 1 end`,
        started_at: sql<number>`case when ${isOver} then excluded.started_at else password_attempt_counts.started_at end`,
      }),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function forgetAttempts(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.deleteFrom('password_attempt_counts').where('key', 'in', keys).execute();
}

/**
 * Reserves the next slot under a key, one per `paceMs`. Returns the time to wait, or `undefined` if it exceeds
 * `waitMsMax`. The row's `started_at` is the time from which the next slot is free.
 */
export async function takePace(
  tx: Tx,
  { key, nowMs, paceMs, waitMsMax }: { key: string; nowMs: number; paceMs: number; waitMsMax: number },
): Promise<number | undefined> {
  const row = await tx
    .insertInto('password_attempt_counts')
    .values({ key, count: 1, started_at: nowMs + paceMs })
    .onConflict((on) =>
      on
        .column('key')
        .doUpdateSet({
          started_at: sql<number>`case when password_attempt_counts.started_at > ${nowMs}
            then password_attempt_counts.started_at + ${paceMs} else excluded.started_at end`,
        })
        .where('password_attempt_counts.started_at', '<=', nowMs + waitMsMax),
    )
    .returning('started_at')
    .executeTakeFirst();
  return row === undefined ? undefined : row.started_at - paceMs - nowMs;
}

export async function hasKnownNetwork(db: Db | Tx, keys: readonly string[]): Promise<boolean> {
  const row = await db.selectFrom('known_networks').select('key').where('key', 'in', keys).executeTakeFirst();
  return row !== undefined;
}

export async function rememberNetworks(tx: Tx, keys: readonly string[], nowMs: number): Promise<void> {
  await tx
    .insertInto('known_networks')
    .values(keys.map((key) => ({ key, last_used_at: nowMs })))
    .onConflict((on) => on.column('key').doUpdateSet({ last_used_at: nowMs }))
    .execute();
}

/** Deletes networks without a sign-in since a time. */
export async function deleteKnownNetworksBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('known_networks').select('key').where('last_used_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('known_networks').where('key', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
