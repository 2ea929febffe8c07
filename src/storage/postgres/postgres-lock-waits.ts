import { isKnownError } from '../../contract/errors.ts';
import { lockWaitMsMax, lockWaitersAtOnce, lockWaitsWaitingMax } from '../limits.ts';
import { lockNotAvailable, sqlState } from './postgres-errors.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Whether a transaction failed only because it waited too long for a lock. */
function isLockWait(thrown: unknown): boolean {
  return isKnownError(thrown) && sqlState(thrown.cause) === lockNotAvailable;
}

/** Runs transactions that may have to wait long for a lock. */
export type WaitForLocks = <Result>(transaction: () => Promise<Result>) => Promise<Result>;

/**
 * Creates a way for transactions to wait for locks without a connection.
 *
 * If one organization's row stays locked, soon every connection of the pool waits for it, and no other organization
 * gets
 * one. So the server ends a wait for a lock after a moment (`lock_timeout`), the connection is released, and the
 * transaction
 * is tried again. Only a few try again at once, first come, first served. A transaction fails after `lockWaitMsMax` in
 * total.
 */
export function createLockWaits(poolSize: number, nowMs: () => number = () => performance.now()): WaitForLocks {
  const atOnce = lockWaitersAtOnce(poolSize);
  const queue: (() => void)[] = [];
  let running = 0;

  async function takeTurn(): Promise<void> {
    if (running < atOnce) running += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
  }
  // The slot passes directly to the next transaction.
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
