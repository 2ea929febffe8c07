import type { Kysely, Transaction } from 'kysely';

import type { Schema } from './schema/schema.ts';

/** Reads outside a transaction. Both engines reject a write through it, because every write needs a transaction. */
export type Db = Kysely<Schema>;

/** A transaction. A function whose work must be atomic takes one. */
export type Tx = Transaction<Schema>;

/** For reads that must be outside a transaction: a function that takes this cannot be given a transaction. */
export type Reader = Pick<Database, 'db'>;

export type Engine = 'sqlite' | 'postgres';

export interface TransactionOptions {
  /**
   * `durable`, the default: resolves when the commit survives a power cut. `relaxed`: atomic, but a power cut shortly
   * after
   * the commit may undo it. Use it for what is cheap to lose, such as a last-used time.
   */
  readonly durability?: 'durable' | 'relaxed';
}

/** A database, on either engine. */
export interface Database {
  readonly engine: Engine;
  readonly db: Db;

  /**
   * Runs `fn` in one write transaction and resolves with its result when the commit is durable.
   *
   * If `fn` throws, everything is rolled back and its error is thrown. After a failed statement (a violated constraint,
   * for
   * example) the transaction cannot commit, and `fn` may only throw that error: PostgreSQL works like this, and the
   * SQLite
   * driver does the same. `fn` may run again from the start if PostgreSQL reports a serialization failure or a
   * deadlock, so
   * it must change nothing outside the transaction. SQLite runs one transaction at a time: `fn` must not wait for the
   * network
   * or for another transaction.
   *
   * @throws `storage_unavailable` if the database cannot be used now. If the connection or the disk failed during the
   *   commit,
   * the outcome of the commit is unknown.
   */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /** @throws `storage_unavailable` if the database cannot be used now. */
  ping(): Promise<void>;

  /** Waits for running transactions, rejects new ones, and closes the database. */
  close(): Promise<void>;
}
