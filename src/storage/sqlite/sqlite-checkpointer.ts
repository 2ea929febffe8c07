import type { Logger } from '../../kernel/logger.ts';
import { walLookTransactions, walPagesHardMax, walPagesMax } from '../limits.ts';
import { parseLogState, createCheckpointThread } from './sqlite-checkpoint-thread.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { Turns } from './sqlite-turns.ts';

/** Keeps the write-ahead log small. */
export interface Checkpointer {
  /** Called after each commit with the number of transactions that it was for; looks at the log now and then. */
  afterCommit(transactions: number): void;
  close(): Promise<void>;
}

interface CheckpointerOptions {
  readonly path: string;
  readonly connection: SqliteConnection;
  readonly turns: Turns;
  readonly logger: Logger;
  /** Commits what waits for its commit. */
  readonly settle: () => void;
}

/**
 * Makes what copies the write-ahead log into the database file when it has grown, in a thread that starts when it is
 * first needed.
 *
 * Under a steady load a copy never catches up by itself, and a log starts over only once it was copied whole: so
 * after the long first round, which holds up nobody, the little that was added meanwhile is copied while the next
 * transaction waits. Should the log outgrow even that, transactions wait for the whole copy.
 */
export function createCheckpointer({ path, connection, turns, logger, settle }: CheckpointerOptions): Checkpointer {
  const thread = createCheckpointThread(path, logger);
  let transactions = 0;
  let running: Promise<void> | undefined;
  let heldTurn: Promise<() => void> | undefined;

  // Keeps transactions waiting until the checkpoint that runs is done.
  const holdWrites = () => {
    heldTurn ??= turns.takeNext().then((endTurn) => {
      settle();
      return endTurn;
    });
    // Whoever runs the checkpoint hears of a failure too.
    heldTurn.catch(() => undefined);
    return heldTurn;
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
      // The log keeps growing, and nothing is lost: the next look tries again, with a new thread.
      logger.warn({ err: error }, 'the write-ahead log could not be checkpointed');
      await thread.abandon();
    }
    // At once, so that a look in the meantime claims a turn of its own, which the next run gives back.
    const claimed = heldTurn;
    heldTurn = undefined;
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
        // The commit that led here stands, whatever the look at the log says.
        logger.warn({ err: error }, 'the size of the write-ahead log is not known');
      }
    },
    close: async () => {
      await running;
      await thread.close();
    },
  };
}
