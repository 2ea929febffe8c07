import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';

import { isSelect, refuseStream, refuseWrite } from '../query-kinds.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/**
 * The driver for queries outside transactions. Each sees what was committed when it began.
 *
 * After every commit of another connection SQLite drops the pages that a connection has read, so a reader of its own
 * reads everything anew each time. The connection that writes keeps its pages: while it is in no transaction, a
 * statement that the query builder has made to read, and that therefore cannot write, runs there. It is over before
 * anything else runs, so it meets no transaction. Whatever else is asked runs where nothing can be written.
 */
export function createReaderDriver(ownConnection: SqliteConnection, writer?: SqliteConnection): Driver {
  const reader: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => {
      refuseWrite(query);
      try {
        const connection = writer !== undefined && isSelect(query) && !writer.inTransaction ? writer : ownConnection;
        return connection.run<Row>(query.sql, query.parameters);
      } catch (thrown) {
        throw fromSqliteError(thrown);
      }
    },
    streamQuery: refuseStream,
  };
  const refuseTransaction = () => Promise.reject(new TypeError('transactions are begun with Database.transaction'));
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(reader),
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}
