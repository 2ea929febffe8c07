import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Database } from '../storage/database.ts';
import { deleteAttemptsBefore, deleteSessionsBefore } from './queries.ts';

const intervalMs = 3_600_000;
const dayMs = 86_400_000;

/** Records of sign-in attempts are kept so long for the admins who look into them. */
const attemptRecordDays = 30;
/** Sessions that have expired are kept so long for those who ask what happened. */
const expiredSessionDays = 30;

/** Removes, now and then, what nobody needs any more, so that no table grows with time alone. */
export function startHousekeeping(deps: { database: Database; clock: Clock; logger: Logger }): { stop(): void } {
  const timer = setInterval(() => void tidyUp(deps), intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** One round. What fails is tried again in the next. */
export async function tidyUp({
  database,
  clock,
  logger,
}: {
  database: Database;
  clock: Clock;
  logger: Logger;
}): Promise<void> {
  const nowMs = clock.nowMs();
  try {
    await database.transaction(async (tx) => {
      await deleteAttemptsBefore(tx, nowMs - attemptRecordDays * dayMs);
      await deleteSessionsBefore(tx, nowMs - expiredSessionDays * dayMs);
    });
  } catch (err) {
    logger.warn({ err }, 'housekeeping failed; it is tried again later');
  }
}
