import { sqliteTurnsInRowMax, sqliteQueueLengthMax, sqliteQueueWaitMsMax } from '../limits.ts';
import { storageUnavailable } from '../unavailable.ts';

/** The write queue: gives the right to write to one transaction at a time, first come, first served. */
export interface WriteQueue {
  /**
   * Resolves with the function that ends the turn. Calling it again does nothing.
   *
   * @throws `storage_unavailable` if too many wait, if the wait was too long, or after closing.
   */
  take(): Promise<() => void>;
  /** The same, before all that wait: for a checkpoint. */
  takeNext(): Promise<() => void>;
  /** Waits for earlier turns and rejects later ones. */
  close(): Promise<void>;
}

interface Waiting {
  readonly grant: () => void;
  isGone: boolean;
}

/** Creates a write queue. */
export function createWriteQueue(): WriteQueue {
  const queue: Waiting[] = [];
  let isTaken = false;
  let isClosed = false;
  let turnsInRow = 0;

  const next = () => {
    let waiting = queue.shift();
    while (waiting?.isGone) waiting = queue.shift();
    if (waiting === undefined) isTaken = false;
    else if (++turnsInRow % sqliteTurnsInRowMax === 0) setImmediate(grantOrPass, waiting);
    else waiting.grant();
  };
  const grantOrPass = (waiting: Waiting) => (waiting.isGone ? next() : waiting.grant());
  const endOfTurn = () => {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      next();
    };
  };
  const wait = (enqueue: (waiting: Waiting) => void) =>
    new Promise<() => void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.isGone = true;
        reject(storageUnavailable(new Error('waited too long in the write queue')));
      }, sqliteQueueWaitMsMax);
      const waiting: Waiting = {
        isGone: false,
        grant: () => {
          clearTimeout(timer);
          resolve(endOfTurn());
        },
      };
      enqueue(waiting);
    });
  const takeWith = async (enqueue: (waiting: Waiting) => void) => {
    if (isClosed) throw storageUnavailable(new Error('the database is closed'));
    if (queue.length >= sqliteQueueLengthMax) throw storageUnavailable(new Error('too many transactions wait'));
    if (isTaken) return wait(enqueue);
    isTaken = true;
    return endOfTurn();
  };
  const take = () => takeWith((waiting) => queue.push(waiting));
  return {
    take,
    takeNext: () => takeWith((waiting) => queue.unshift(waiting)),
    close: async () => {
      isClosed = true;
      // It has no time limit of its own, because each transaction before it has one.
      if (isTaken) await new Promise<void>((resolve) => queue.push({ isGone: false, grant: resolve }));
      isTaken = true;
    },
  };
}
