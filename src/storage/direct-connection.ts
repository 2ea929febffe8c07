import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';

import type { Db, Tx } from './database.ts';

const connections = new WeakMap<Db | Tx, DatabaseConnection>();

/**
 * Lets compiled statements of a transaction go straight to its connection, which is theirs alone until it ends: Kysely
 * would hand it to each of them through layers that cost more than a statement of SQLite, and one after the other, so
 * that PostgreSQL could not be sent two at a time. The connection itself refuses what comes after the end.
 */
export async function connectDirectly(tx: Tx): Promise<void> {
  await tx.getExecutor().provideConnection(async (connection) => {
    connections.set(tx, connection);
  });
}

/** Runs what is compiled: in a transaction on its connection, outside on one that the driver provides. */
export async function runCompiled<Row>(db: Db | Tx, query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
  const direct = connections.get(db);
  if (direct !== undefined) return direct.executeQuery<Row>(query);
  // As Kysely runs what it has compiled, but for its plugins, of which there are none.
  return db.getExecutor().provideConnection(async (connection) => connection.executeQuery<Row>(query));
}
