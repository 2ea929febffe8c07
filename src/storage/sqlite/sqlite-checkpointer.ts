import type { Logger } from '../../kernel/logger.ts';
import { walLookTransactions, walPagesHardMax, walPagesMax } from '../limits.ts';
import { parseLogState, createCheckpointThread } from './sqlite-checkpoint-thread.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { WriteQueue } from './sqlite-write-queue.ts';

/** Keeps the write-ahead log small. */
export interface Checkpointer {
  /** Called after each commit with the number of its transactions. Checks the size of the log from time to time. */
  afterCommit(transactions: number): void;
  close(): Promise<void>;
}

interface CheckpointerOptions {
  readonly path: string;
  readonly connection: SqliteConnection;
  readonly queue: WriteQueue;
  readonly logger: Logger;
  /** Commits the transactions that wait for a commit. */
  readonly settle: () => void;
}

/**
 * Creates the checkpointer, which copies a large write-ahead log into the database file. Its thread starts when it is
 * first
 * needed.
 *
 * Under a steady load a copy never finishes, and a log restarts only if it is copied completely. So the long first copy
 * runs
 * beside transactions, and then the next transaction waits while the few pages written in the meantime are copied. If
 * the log
 * still outgrows its limit, transactions wait for the whole copy.
 */
export function createCheckpointer({ path, connection, queue, logger, settle }: CheckpointerOptions): Checkpointer {
  const thread = createCheckpointThread(path, logger);
  let transactions = 0;
  let running: Promise<void> | undefined;
  let writeTurn: Promise<() => void> | undefined;

  // Keeps transactions waiting until the running checkpoint is done.
  const holdWrites = () => {
    writeTurn ??= queue.takeNext().then((endTurn) => {
      settle();
      return endTurn;
    });
    // The caller that awaits the checkpoint also gets the failure.
    writeTurn.catch(() => undefined);
    return writeTurn;
  };
  const checkpointWhole = async () => {
    const state = await thread.checkpoint();
    if (state.checkpointed >= state.log) return;
    await holdWrites();
    await thread.checkpoint();
  };
  const run = async () => {
    try {
      await checkpointWhole();
    } catch (error) {
      // The log keeps growing, and nothing is lost. The next check tries again, with a new thread.
      logger.warn({ err: error }, 'the write-ahead log could not be checkpointed');
      await thread.abandon();
    }
    // At once, so that a check in the meantime takes a turn of its own, which the next run ends.
    const claimed = writeTurn;
    writeTurn = undefined;
    running = undefined;
    const endTurn = await claimed?.catch(() => undefined);
    endTurn?.();
  };
  const look = () => {
    const state = parseLogState(connection.run('pragma wal_checkpoint(noop)', []).rows[0]);
    if (state.log <= walPagesMax || state.checkpointed >= state.log) return;
    running ??= run();
    if (state.log > walPagesHardMax) void holdWrites();
  };
  return {
    afterCommit: (more) => {
      transactions += more;
      if (transactions < walLookTransactions) return;
      transactions = 0;
      try {
        look();
      } catch (error) {
        // The commit before this check is valid, whatever the check finds.
        logger.warn({ err: error }, 'the size of the write-ahead log is unknown');
      }
    },
    close: async () => {
      await running;
      await thread.close();
    },
  };
}
