import type { DatabaseConnection } from 'kysely';

import type { Database, Db, Tx } from '../../src/storage/database.ts';
import { connectDirectly } from '../../src/storage/direct-connection.ts';

/** A statement as the database was sent it. */
export interface SentStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A database that works as it did, and remembers each statement that it is sent, by way of a transaction or not. */
export function watchStatements(database: Database): { database: Database; sent: SentStatement[] } {
  const sent: SentStatement[] = [];
  const watch = (db: Db | Tx) => {
    const executor = db.getExecutor();
    const provide = executor.provideConnection.bind(executor);
    // Every statement goes over a connection, those that were compiled before as well.
    const value: typeof provide = async (use, options) =>
      provide(async (connection) => {
        const executeQuery: DatabaseConnection['executeQuery'] = async (query, ...rest) => {
          sent.push({ sql: query.sql, parameters: query.parameters });
          return connection.executeQuery(query, ...rest);
        };
        return use({ ...connection, executeQuery });
      }, options);
    Object.defineProperty(executor, 'provideConnection', { value });
  };
  watch(database.db);
  const transaction: Database['transaction'] = async (fn, options) =>
    database.transaction(async (tx) => {
      watch(tx);
      // Compiled statements keep to the connection that was there before; here they are to take the watched one.
      await connectDirectly(tx);
      return fn(tx);
    }, options);
  return { database: { ...database, transaction }, sent };
}
