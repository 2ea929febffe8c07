import { setTimeout as pause } from 'node:timers/promises';

import type { QueryResult } from 'kysely';

import { sqliteBeginRetryMs, sqliteQueueWaitMsMax } from '../limits.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError, isSqliteBusy, isSqliteSyncFailure } from './sqlite-errors.ts';
import type { GroupSync } from './sqlite-group-sync.ts';

/** The transactions of the writing connection, one after the other, and the commits that they share. */
export interface Commits {
  /** Begins a transaction. @throws `storage_unavailable` if another program locks the file for too long. */
  begin(): Promise<void>;
  /** Runs a statement, of the open transaction if there is one. */
  run<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row>;
  /** Ends the open transaction. The next commit contains it. */
  end(outcome: { hasWritten: boolean }): void;
  /** Rolls the open transaction back; does nothing without an open one. */
  rollBack(): void;
  /** Resolves with the commit that will contain the open transaction. */
  ofOpenTransaction(): Promise<void>;
  /** Commits the ended transactions: now, or as soon as the open transaction has ended. */
  settle(): void;
}

interface CommitsOptions {
  readonly connection: SqliteConnection;
  readonly sync: Pick<GroupSync, 'committed' | 'fail'>;
  /** Whether transactions share commits; otherwise each commits when it ends. */
  readonly areShared: boolean;
  /** Called after each commit with the number of its transactions. */
  readonly onCommit: (transactions: number) => void;
}

interface Group {
  readonly committed: PromiseWithResolvers<void>;
  /** How many transactions ended and were kept. */
  kept: number;
  hasWritten: boolean;
}

/**
 * All transactions that end in one turn of the event loop share one commit of SQLite. A commit locks the file, copies
 * each
 * changed page into the log and unlocks the file: that is most of the cost of a short transaction.
 *
 * Each transaction after the first of a group is a savepoint (sqlite.org/lang_savepoint.html), so it is kept or rolled
 * back
 * as a whole, independently of the others. They run one after the other, as they would with commits of their own. A
 * transaction resolves only after its commit, and no read outside a transaction sees it earlier. A failure of the
 * commit
 * itself, such as a full disk, fails every transaction of the group.
 */
export function createCommits(options: CommitsOptions): Commits {
  const { connection, areShared } = options;
  const open = createOpenGroup(options);
  let hasBegun = false;
  let isDue = false;

  const settle = () => {
    isDue = hasBegun;
    if (!hasBegun) open.commit();
  };
  const end = () => {
    hasBegun = false;
    if (isDue || !areShared) settle();
  };
  return {
    begin: async () => {
      if (open.group === undefined) {
        await beginImmediate(connection);
        open.group = createGroup();
        if (areShared) setImmediate(settle);
      } else {
        open.run('savepoint one', []);
      }
      hasBegun = true;
    },
    run: (sql, parameters) => {
      if (!hasBegun) settle();
      return open.run(sql, parameters);
    },
    end: ({ hasWritten }) => {
      const { group } = open;
      if (group === undefined) throw new Error('there is no transaction to keep');
      if (group.kept > 0) open.run('release one', []);
      group.kept += 1;
      group.hasWritten ||= hasWritten;
      end();
    },
    rollBack: () => {
      if (!hasBegun) return;
      open.takeBackLast();
      end();
    },
    ofOpenTransaction: () => {
      if (open.group === undefined) throw new Error('no transaction has begun');
      return open.group.committed.promise;
    },
    settle,
  };
}

/** SQLite's open transaction, if there is one, and the transactions of this program in it. */
function createOpenGroup({ connection, sync, onCommit }: CommitsOptions) {
  const open = {
    group: undefined as Group | undefined,
    run: <Row>(sql: string, parameters: readonly unknown[]) => {
      try {
        return connection.run<Row>(sql, parameters);
      } catch (thrown) {
        if (isSqliteSyncFailure(thrown)) sync.fail(thrown);
        // SQLite rolled everything back by itself, as it does when the disk is full.
        if (!connection.inTransaction) open.giveUp(thrown);
        throw fromSqliteError(thrown);
      }
    },
    commit: () => {
      const { group } = open;
      if (group === undefined) return;
      try {
        open.run('commit', []);
      } catch (thrown) {
        open.giveUp(thrown);
        return;
      }
      open.group = undefined;
      if (group.hasWritten) sync.committed();
      group.committed.resolve();
      onCommit(group.kept);
    },
    takeBackLast: () => {
      if (open.group === undefined) return;
      if (open.group.kept === 0) {
        open.giveUp(new Error('the transaction was rolled back'));
        return;
      }
      try {
        open.run('rollback to one', []);
        open.run('release one', []);
      } catch (thrown) {
        open.giveUp(thrown);
      }
    },
    giveUp: (cause: unknown) => {
      rollBack(connection);
      open.group?.committed.reject(fromSqliteError(cause));
      open.group = undefined;
    },
  };
  return open;
}

function createGroup(): Group {
  const committed = Promise.withResolvers<void>();
  // The transactions that await it get the failure. There may be none.
  committed.promise.catch(() => undefined);
  return { committed, kept: 0, hasWritten: false };
}

function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.inTransaction) connection.run('rollback', []);
  } catch {
    // SQLite rolled back by itself, as it does when the disk fails. The first error says why.
  }
}

/** Another program, such as a backup, may hold the write lock for a moment. The event loop is not blocked meanwhile. */
async function beginImmediate(connection: SqliteConnection): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += sqliteBeginRetryMs) {
    try {
      connection.run('begin immediate', []);
      return;
    } catch (thrown) {
      if (!isSqliteBusy(thrown) || waitedMs >= sqliteQueueWaitMsMax) throw fromSqliteError(thrown);
    }
    await pause(sqliteBeginRetryMs);
  }
}
