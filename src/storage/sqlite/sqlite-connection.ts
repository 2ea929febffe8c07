import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

import type { QueryResult } from 'kysely';

import { sqliteLockSleepMs, sqliteStatementsMax, sqliteWriterCacheKib, walBytesKept } from '../limits.ts';

/** One connection to a database file. Its statements run on the calling thread and throw SQLite's errors. */
export interface SqliteConnection {
  readonly inTransaction: boolean;
  run<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row>;
  close(): void;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/**
 * Opens the connection that transactions run on. `journal_mode=WAL` lets reads go on beside a write.
 *
 * `synchronous=NORMAL` leaves out the sync of each commit, which the group sync does in the thread pool instead; the
 * syncs around a checkpoint and of a new log's header remain. Checkpoints are the checkpointer's.
 */
export function openWriter(path: string): SqliteConnection {
  const database = new DatabaseSync(path, { timeout: sqliteLockSleepMs });
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0');
  // A log that starts over keeps the size that it had, unless there is a limit (sqlite.org/pragma.html#pragma_journal_size_limit).
  database.exec(`pragma journal_size_limit = ${walBytesKept}`);
  // In KiB, which the sign tells (sqlite.org/pragma.html#pragma_cache_size).
  database.exec(`pragma cache_size = -${sqliteWriterCacheKib}`);
  // What a savepoint would restore is kept in memory: a file of its own would be written for it otherwise.
  database.exec('pragma temp_store = memory');
  // Makes the log, so that it can be opened, and fails when the file may not be written or is no database.
  database.exec('begin immediate; select count(*) from sqlite_schema; rollback');
  return connection(database);
}

/** Opens the connection that reads outside transactions run on. It cannot write. */
export function openReader(path: string): SqliteConnection {
  return connection(new DatabaseSync(path, { readOnly: true, timeout: sqliteLockSleepMs }));
}

/** The same connection, which reports each error of its statements. */
export function reportingErrors(inner: SqliteConnection, report: (thrown: unknown) => void): SqliteConnection {
  return {
    get inTransaction() {
      return inner.inTransaction;
    },
    run: (sql, parameters) => {
      try {
        return inner.run(sql, parameters);
      } catch (thrown) {
        report(thrown);
        throw thrown;
      }
    },
    close: () => inner.close(),
  };
}

function connection(database: DatabaseSync): SqliteConnection {
  const statements = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = statements.get(sql);
    if (known !== undefined) {
      // A map keeps the order of insertion: what was used last moves to its end.
      statements.delete(sql);
      statements.set(sql, known);
      return known;
    }
    const statement = database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    statements.set(sql, prepared);
    const oldest = statements.size > sqliteStatementsMax ? statements.keys().next().value : undefined;
    if (oldest !== undefined) statements.delete(oldest);
    return prepared;
  };
  return {
    get inTransaction() {
      return database.isTransaction;
    },
    run: <Row>(sql: string, parameters: readonly unknown[]) => {
      const { statement, returnsRows } = prepare(sql);
      const values = parameters.map(toInputValue);
      if (returnsRows) {
        const rows = statement.all(...values);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely's types know the rows of a query
        return { rows: rows as Row[] };
      }
      return { numAffectedRows: BigInt(statement.run(...values).changes), rows: [] };
    },
    close: () => database.close(),
  };
}

function toInputValue(value: unknown): SQLInputValue {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value;
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}
