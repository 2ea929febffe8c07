import type { DatabaseConnection, Driver, QueryResult } from 'kysely';

import { refuseStream, refuseWrite } from './query-kinds.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/** The driver for queries outside transactions. Each sees what was committed when it began. */
export function createReaderDriver(connection: SqliteConnection): Driver {
  const reader: DatabaseConnection = {
    executeQuery: async <Row>(query: Parameters<DatabaseConnection['executeQuery']>[0]) => {
      refuseWrite(query);
      try {
        // Kysely's types say what the rows of a query are.
        return connection.run(query.sql, query.parameters) as QueryResult<Row>;
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
