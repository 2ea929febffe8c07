import type { DatabaseConnection } from 'kysely';

import type { Database, Db, Tx } from '../../src/storage/database.ts';
import { connectDirectly } from '../../src/storage/direct-connection.ts';

/** A statement as the database got it. */
export interface SentStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A database that works as before and records each statement, in a transaction or not. */
export function watchStatements(database: Database): { database: Database; sent: SentStatement[] } {
  const sent: SentStatement[] = [];
  const watch = (db: Db | Tx) => {
    const executor = db.getExecutor();
    const provide = executor.provideConnection.bind(executor);
    // Every statement uses a connection, compiled ones too.
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
      // Compiled statements keep the connection from before; here they must use the watched one.
      await connectDirectly(tx);
      return fn(tx);
    }, options);
  return { database: { ...database, transaction }, sent };
}
