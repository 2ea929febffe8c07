import type { Kysely, Transaction } from 'kysely';

import type { Schema } from './schema/schema.ts';

/** Reads outside a transaction. A write through it is refused on both engines: a write has a transaction. */
export type Db = Kysely<Schema>;

/** What must be atomic takes this. */
export type Tx = Transaction<Schema>;

/** What can only be read from outside a transaction: a function that takes this cannot be given a transaction. */
export type Reader = Pick<Database, 'db'>;

export type Engine = 'sqlite' | 'postgres';

export interface TransactionOptions {
  /**
   * `durable`, the default: resolves when the commit survives a power cut. `relaxed`: atomic, but a power cut shortly
   * after may take it back; for what is cheap to lose, such as when something was last used.
   */
  readonly durability?: 'durable' | 'relaxed';
}

/** One database, whichever engine holds it. */
export interface Database {
  readonly engine: Engine;
  readonly db: Db;

  /**
   * Runs `fn` in one write transaction and resolves with its result once the commit is durable.
   *
   * Whatever `fn` throws rolls everything back and is thrown on. After a statement failed (a violated constraint, say),
   * the transaction is lost and only that error may leave `fn`: PostgreSQL works so, and SQLite is held to the same.
   * `fn` may run again from the start when PostgreSQL reports a serialization failure or a deadlock, so it must change
   * nothing outside the transaction. SQLite runs one transaction at a time: `fn` must not wait for the network, nor for
   * another transaction.
   *
   * @throws `storage_unavailable` when the database cannot be used now. If the connection or the disk failed during the
   * commit itself, whether it took place is not known.
   */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /** @throws `storage_unavailable` when the database cannot be used now. */
  ping(): Promise<void>;

  /** Lets running transactions finish, refuses new ones, and lets go of the database. */
  close(): Promise<void>;
}
