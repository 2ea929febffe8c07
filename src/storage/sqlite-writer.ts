import { setTimeout as pause } from 'node:timers/promises';

import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';

import { sqliteBeginRetryMs, sqliteTurnWaitMsMax } from './limits.ts';
import { isSelect, refuseStream } from './query-kinds.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError, isSqliteBusy, isSqliteSyncFailure } from './sqlite-errors.ts';
import type { GroupSync } from './sqlite-group-sync.ts';
import type { Turns } from './sqlite-turns.ts';
import { storageUnavailable } from './unavailable.ts';

interface WriterOptions {
  readonly connection: SqliteConnection;
  readonly turns: Turns;
  readonly sync: Pick<GroupSync, 'committed' | 'fail'>;
  /** A transaction that is not finished after this long is rolled back. */
  readonly timeMsMax: number;
  /** Called after each commit. */
  readonly onCommit: () => void;
}

/** The right to use the writing connection, for one transaction. */
interface Turn extends DatabaseConnection {
  begin(): Promise<void>;
  commit(): void;
  rollback(): void;
  end(): void;
}

/** The driver for transactions: one at a time, in the order in which they were asked for. */
export function createWriterDriver(options: WriterOptions): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => createTurn(options, await options.turns.take()),
    beginTransaction: (turn: Turn) => turn.begin(),
    commitTransaction: async (turn: Turn) => turn.commit(),
    rollbackTransaction: async (turn: Turn) => turn.rollback(),
    releaseConnection: async (turn: Turn) => turn.end(),
    destroy: () => Promise.resolve(),
  };
}

function createTurn({ connection, sync, timeMsMax, onCommit }: WriterOptions, giveBack: () => void): Turn {
  let lost: Error | undefined;
  let isOver = false;
  let hasWritten = false;
  let timer: NodeJS.Timeout | undefined;

  const run = <Row>(sql: string, parameters: readonly unknown[]) => {
    if (lost !== undefined) throw lost;
    try {
      return connection.run<Row>(sql, parameters);
    } catch (thrown) {
      if (isSqliteSyncFailure(thrown)) sync.fail(thrown);
      throw fromSqliteError(thrown);
    }
  };
  const rollback = () => {
    // After its time is up the connection is in the hands of the next transaction.
    if (isOver || !connection.inTransaction) return;
    try {
      connection.run('rollback', []);
    } catch {
      // SQLite has rolled back by itself, as it does when the disk fails; the first error is the one that tells why.
    }
  };
  const end = () => {
    if (isOver) return;
    clearTimeout(timer);
    rollback();
    isOver = true;
    giveBack();
  };
  return {
    begin: async () => {
      await beginImmediate(connection);
      timer = setTimeout(() => {
        lost = storageUnavailable(new Error('the transaction took too long'));
        end();
      }, timeMsMax);
    },
    executeQuery: async <Row>(query: CompiledQuery) => {
      try {
        const result = run<Row>(query.sql, query.parameters);
        hasWritten ||= !isSelect(query);
        return result;
      } catch (thrown) {
        // As PostgreSQL does: what fails in a transaction loses it.
        if (connection.inTransaction) lost ??= new Error('an earlier statement of this transaction failed');
        throw thrown;
      }
    },
    commit: () => {
      run('commit', []);
      if (hasWritten) sync.committed();
      onCommit();
    },
    rollback,
    end,
    streamQuery: refuseStream,
  };
}

/** Another program may hold the write lock for a moment, a backup for instance. The event loop goes on meanwhile. */
async function beginImmediate(connection: SqliteConnection): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += sqliteBeginRetryMs) {
    try {
      connection.run('begin immediate', []);
      return;
    } catch (thrown) {
      if (!isSqliteBusy(thrown) || waitedMs >= sqliteTurnWaitMsMax) throw fromSqliteError(thrown);
    }
    await pause(sqliteBeginRetryMs);
  }
}
