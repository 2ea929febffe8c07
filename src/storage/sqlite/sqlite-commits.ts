import { setTimeout as pause } from 'node:timers/promises';

import type { QueryResult } from 'kysely';

import { sqliteBeginRetryMs, sqliteTurnWaitMsMax } from '../limits.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError, isSqliteBusy, isSqliteSyncFailure } from './sqlite-errors.ts';
import type { GroupSync } from './sqlite-group-sync.ts';

/** The transactions of the writing connection, which follow each other, and the commits that they share. */
export interface Commits {
  /** Begins a transaction. @throws `storage_unavailable` when another program holds the file for too long. */
  begin(): Promise<void>;
  /** Runs a statement of the transaction that has begun, or one that is none's. */
  run<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row>;
  /** Ends the transaction that has begun: what it did is part of the next commit. */
  keep(outcome: { hasWritten: boolean }): void;
  /** Ends it and takes back what it did; does nothing when none has begun. */
  undo(): void;
  /** Resolves with the commit that the transaction that has begun is going to be part of. */
  ofThisOne(): Promise<void>;
  /** Commits what was kept: now, or when the transaction that has begun has ended. */
  settle(): void;
}

interface CommitsOptions {
  readonly connection: SqliteConnection;
  readonly sync: Pick<GroupSync, 'committed' | 'fail'>;
  /** Whether transactions share commits; otherwise each commits as it ends. */
  readonly areShared: boolean;
  /** Called after each commit with the number of transactions that it was for. */
  readonly onCommit: (transactions: number) => void;
}

interface Group {
  readonly committed: PromiseWithResolvers<void>;
  /** The transactions that ended and were kept. */
  kept: number;
  hasWritten: boolean;
}

/**
 * Gives all transactions that end in one round of the event loop one commit of SQLite. A commit takes the file's locks,
 * copies each page that changed into the log, and lets go of the locks: of a short transaction that is the greater part.
 *
 * Each transaction but the first of a group is a savepoint (sqlite.org/lang_savepoint.html), so it is kept or taken back
 * whole, whatever becomes of the others. They follow each other, as they would with commits of their own. Nobody hears
 * of one before the commit that it is part of, and nothing outside transactions reads it earlier either. What fails the
 * commit itself, such as a full disk, fails every transaction of the group.
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
    keep: ({ hasWritten }) => {
      const { group } = open;
      if (group === undefined) throw new Error('there is no transaction to keep');
      if (group.kept > 0) open.run('release one', []);
      group.kept += 1;
      group.hasWritten ||= hasWritten;
      end();
    },
    undo: () => {
      if (!hasBegun) return;
      open.takeBackLast();
      end();
    },
    ofThisOne: () => {
      if (open.group === undefined) throw new Error('no transaction has begun');
      return open.group.committed.promise;
    },
    settle,
  };
}

/** The transaction of SQLite that is open, if one is, and the transactions that it stands for. */
function createOpenGroup({ connection, sync, onCommit }: CommitsOptions) {
  const open = {
    group: undefined as Group | undefined,
    run: <Row>(sql: string, parameters: readonly unknown[]) => {
      try {
        return connection.run<Row>(sql, parameters);
      } catch (thrown) {
        if (isSqliteSyncFailure(thrown)) sync.fail(thrown);
        // SQLite has rolled back everything by itself, as it does when the disk is full.
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
  // Whoever waits for it hears of a failure; there may be nobody.
  committed.promise.catch(() => undefined);
  return { committed, kept: 0, hasWritten: false };
}

function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.inTransaction) connection.run('rollback', []);
  } catch {
    // SQLite has rolled back by itself, as it does when the disk fails; the first error is the one that tells why.
  }
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
