import { sqliteTurnsPerLoopMax, sqliteTurnsWaitingMax, sqliteTurnWaitMsMax } from '../limits.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Hands out the one right to write, first come, first served. */
export interface Turns {
  /**
   * Resolves with the function that ends the turn; calling that again does nothing.
   *
   * @throws `storage_unavailable` when too many wait, when the wait was too long, or after closing.
   */
  take(): Promise<() => void>;
  /** The same, ahead of everybody who waits: for upkeep. */
  takeNext(): Promise<() => void>;
  /** Waits for the turns that were asked for before, then refuses all others. */
  close(): Promise<void>;
}

interface Waiting {
  readonly grant: () => void;
  isGone: boolean;
}

/** Makes a queue of turns. */
export function createTurns(): Turns {
  const queue: Waiting[] = [];
  let isTaken = false;
  let isClosed = false;
  let turnsInLoop = 0;

  const next = () => {
    let waiting = queue.shift();
    while (waiting?.isGone) waiting = queue.shift();
    if (waiting === undefined) isTaken = false;
    else if (++turnsInLoop % sqliteTurnsPerLoopMax === 0) setImmediate(grantOrPass, waiting);
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
        reject(storageUnavailable(new Error('no turn to write came in time')));
      }, sqliteTurnWaitMsMax);
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
    if (queue.length >= sqliteTurnsWaitingMax) throw storageUnavailable(new Error('too many transactions wait'));
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
      // Without a limit of its own: each transaction before it has one.
      if (isTaken) await new Promise<void>((resolve) => queue.push({ isGone: false, grant: resolve }));
      isTaken = true;
    },
  };
}
