import { appError } from '../contract/errors.ts';
import { callsMax, callsPerBulkheadMax, waitForSlotMsMax, waitingMax, waitingPerBulkheadMax } from './limits.ts';

/**
 * Keeps the calls of one organization from using up what all share: so many at once for one, so many for all, and a
 * bounded, short wait for those beyond.
 */
export interface Bulkhead {
  /**
   * Waits for a slot; the caller gives it back with {@link Bulkhead.leave} exactly once.
   *
   * @throws `idp_busy` when too many wait already, or when none came free in time.
   */
  enter(key: string): Promise<void>;
  leave(key: string): void;
}

interface Waiter {
  readonly key: string;
  readonly admit: () => void;
}

/** A bulkhead with the limits of `limits.ts`. */
export function createBulkhead(): Bulkhead {
  const running = new Map<string, number>();
  const waiting = new Set<Waiter>();
  const waitingOf = new Map<string, number>();
  let total = 0;

  const hasRoom = (key: string) => total < callsMax && (running.get(key) ?? 0) < callsPerBulkheadMax;
  const take = (key: string) => {
    total += 1;
    add(running, key, 1);
  };

  function wait(key: string): Promise<void> {
    if (waiting.size >= waitingMax || (waitingOf.get(key) ?? 0) >= waitingPerBulkheadMax) {
      return Promise.reject(appError('idp_busy', { meta: { reason: 'queue_full' } }));
    }
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        clearTimeout(timer);
        waiting.delete(waiter);
        add(waitingOf, key, -1);
      };
      const timer = setTimeout(() => {
        stopWaiting();
        reject(appError('idp_busy', { meta: { reason: 'no_slot_in_time' } }));
      }, waitForSlotMsMax);
      const waiter: Waiter = {
        key,
        admit: () => {
          stopWaiting();
          take(key);
          resolve();
        },
      };
      waiting.add(waiter);
      add(waitingOf, key, 1);
    });
  }

  return {
    enter: (key) => {
      if (!hasRoom(key)) {
        return wait(key);
      }
      take(key);
      return Promise.resolve();
    },
    leave: (key) => {
      total -= 1;
      add(running, key, -1);
      // The first who fits, not the first: one organization at its own limit does not hold up the others.
      for (const waiter of waiting) {
        if (hasRoom(waiter.key)) {
          waiter.admit();
          return;
        }
      }
    },
  };
}

// Counts that come back to zero are forgotten, so that the map holds only organizations with calls under way.
function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) {
    counts.delete(key);
  } else {
    counts.set(key, count);
  }
}
