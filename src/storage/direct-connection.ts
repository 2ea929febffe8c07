import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';

import type { Db, Tx } from './database.ts';

const connections = new WeakMap<Db | Tx, DatabaseConnection>();

/**
 * Runs compiled statements of a transaction directly on its connection. Kysely's layers cost more than a statement of
 * SQLite and run statements one by one, so PostgreSQL could not get two at a time. The connection itself rejects
 * statements
 * after the end of the transaction.
 */
export async function connectDirectly(tx: Tx): Promise<void> {
  await tx.getExecutor().provideConnection(async (connection) => {
    connections.set(tx, connection);
  });
}

/** Runs a compiled query: in a transaction on its connection, otherwise on one that the driver provides. */
export async function runCompiled<Row>(db: Db | Tx, query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
  const direct = connections.get(db);
  if (direct !== undefined) return direct.executeQuery<Row>(query);
  // As Kysely runs a compiled query, without plugins, because none is used.
  return db.getExecutor().provideConnection(async (connection) => connection.executeQuery<Row>(query));
}
