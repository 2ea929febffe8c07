import { isKnownError } from '../../contract/errors.ts';
import { lockWaitMsMax, lockWaitersAtOnce, lockWaitsWaitingMax } from '../limits.ts';
import { lockNotAvailable, sqlState } from './postgres-errors.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Whether a transaction failed only because it waited for a lock for longer than its connection allows. */
function isLockWait(thrown: unknown): boolean {
  return isKnownError(thrown) && sqlState(thrown.cause) === lockNotAvailable;
}

/** Runs transactions that may meet a lock which is held for long. */
export type WaitForLocks = <Result>(transaction: () => Promise<Result>) => Promise<Result>;

/**
 * Makes what lets transactions wait for locks without a connection.
 *
 * A row of one organization that somebody locks would soon have every connection of the pool waiting for it, and nobody
 * else would get one. So the server breaks off a wait for a lock after a moment (`lock_timeout`), the connection goes back,
 * and the transaction is tried again. Only a few try again at once, first come, first served. One that has waited for
 * `lockWaitMsMax` in all fails.
 */
export function createLockWaits(poolSize: number, nowMs: () => number = () => performance.now()): WaitForLocks {
  const atOnce = lockWaitersAtOnce(poolSize);
  const queue: (() => void)[] = [];
  let running = 0;

  async function takeTurn(): Promise<void> {
    if (running < atOnce) running += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
  }
  // The turn goes from one to the next without being free in between.
  function endTurn(): void {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  }
  return async (transaction) => {
    const endsAtMs = nowMs() + lockWaitMsMax;
    try {
      return await transaction();
    } catch (thrown) {
      if (!isLockWait(thrown)) throw thrown;
      if (queue.length >= lockWaitsWaitingMax) throw storageUnavailable(thrown);
    }
    for (;;) {
      await takeTurn();
      try {
        return await transaction();
      } catch (thrown) {
        if (!isLockWait(thrown) || nowMs() >= endsAtMs) throw thrown;
      } finally {
        endTurn();
      }
    }
  };
}
