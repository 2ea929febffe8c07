import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

import type { QueryResult } from 'kysely';

import { createBoundedMap } from '../../kernel/bounded-map.ts';
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
 * Opens the connection for transactions. `journal_mode=WAL` allows reads during a write.
 *
 * `synchronous=NORMAL` omits the sync of each commit, which the group sync does in the thread pool instead. SQLite
 * still
 * syncs around a checkpoint, and the header of a new log. The checkpointer runs the checkpoints.
 */
export function openWriter(path: string): SqliteConnection {
  const database = new DatabaseSync(path, { timeout: sqliteLockSleepMs });
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0');
  // A log that restarts keeps its size on the disk unless there is a limit
  // (sqlite.org/pragma.html#pragma_journal_size_limit).
  database.exec(`pragma journal_size_limit = ${walBytesKept}`);
  // A negative number means KiB (sqlite.org/pragma.html#pragma_cache_size).
  database.exec(`pragma cache_size = -${sqliteWriterCacheKib}`);
  // Keeps the undo data of savepoints in memory. Otherwise SQLite would write it to a temporary file.
  database.exec('pragma temp_store = memory');
  // Creates the log, so that it can be opened. Fails if the file cannot be written or is not a database.
  database.exec('begin immediate; select count(*) from sqlite_schema; rollback');
  return connection(database);
}

/** Opens the connection for reads outside transactions. It cannot write. */
export function openReader(path: string): SqliteConnection {
  return connection(new DatabaseSync(path, { readOnly: true, timeout: sqliteLockSleepMs }));
}

/** The same connection, but it reports each error of its statements. */
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
  const statements = createBoundedMap<Prepared>(sqliteStatementsMax);
  const prepare = (sql: string): Prepared => {
    const known = statements.get(sql);
    if (known !== undefined) {
      statements.set(sql, known);
      return known;
    }
    const statement = database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    statements.set(sql, prepared);
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
