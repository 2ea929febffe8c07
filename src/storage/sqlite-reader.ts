import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';

import { refuseStream, refuseWrite } from './query-kinds.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/** The driver for queries outside transactions. Each sees what was committed when it began. */
export function createReaderDriver(connection: SqliteConnection): Driver {
  const reader: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => {
      refuseWrite(query);
      try {
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
