import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';

import { isSelect, refuseStream, refuseWrite } from '../query-kinds.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/**
 * The driver for queries outside transactions. Each sees the commits before it began.
 *
 * After every commit of another connection, SQLite drops the page cache of a connection, so a separate reader reads
 * everything again each time. The writing connection keeps its pages. So while it has no transaction, a select of the
 * query
 * builder, which cannot write, runs there. It ends before other code runs, so it never meets a transaction. Other
 * queries run
 * on a connection that cannot write.
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
