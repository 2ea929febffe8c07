import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';

import { isSelect, refuseStream } from '../query-kinds.ts';
import type { Commits } from './sqlite-commits.ts';
import type { WriteQueue } from './sqlite-write-queue.ts';
import { storageUnavailable } from '../unavailable.ts';

interface WriterOptions {
  readonly commits: Commits;
  readonly queue: WriteQueue;
  /** A transaction is rolled back after this long. */
  readonly timeMsMax: number;
}

/** The right to use the writing connection, for one transaction. */
interface Turn extends DatabaseConnection {
  begin(): Promise<void>;
  commit(): void;
  rollback(): void;
  end(): void;
}

/** The driver for transactions: one at a time, in the order of the requests. */
export function createWriterDriver(options: WriterOptions): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => createTurn(options, await options.queue.take()),
    beginTransaction: (turn: Turn) => turn.begin(),
    commitTransaction: async (turn: Turn) => turn.commit(),
    rollbackTransaction: async (turn: Turn) => turn.rollback(),
    releaseConnection: async (turn: Turn) => turn.end(),
    destroy: () => Promise.resolve(),
  };
}

function createTurn({ commits, timeMsMax }: WriterOptions, release: () => void): Turn {
  let lost: Error | undefined;
  let isOver = false;
  let isInTransaction = false;
  let hasWritten = false;
  let timer: NodeJS.Timeout | undefined;

  const rollback = () => {
    // After its time limit, the connection belongs to the next transaction.
    if (!isOver) commits.rollBack();
  };
  const end = () => {
    if (isOver) return;
    clearTimeout(timer);
    rollback();
    isOver = true;
    release();
  };
  return {
    begin: async () => {
      await commits.begin();
      isInTransaction = true;
      timer = setTimeout(() => {
        lost = storageUnavailable(new Error('the transaction took too long'));
        end();
      }, timeMsMax);
    },
    executeQuery: async <Row>(query: CompiledQuery) => {
      if (lost !== undefined) throw lost;
      if (isOver) throw new Error('this transaction has ended');
      try {
        const result = commits.run<Row>(query.sql, query.parameters);
        hasWritten ||= !isSelect(query);
        return result;
      } catch (thrown) {
        // As on PostgreSQL: a transaction with a failed statement cannot commit.
        if (isInTransaction) lost ??= new Error('an earlier statement of this transaction failed');
        throw thrown;
      }
    },
    commit: () => {
      if (lost !== undefined) throw lost;
      commits.end({ hasWritten });
    },
    rollback,
    end,
    streamQuery: refuseStream,
  };
}
