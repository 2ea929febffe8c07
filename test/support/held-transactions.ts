import { type DatabaseConnection, sql } from 'kysely';

import type { Database, Tx } from '../../src/storage/database.ts';
import { connectDirectly } from '../../src/storage/direct-connection.ts';

/** A paused transaction. */
export interface HeldTransaction {
  /** Resolves when the transaction is about to send the statement before which it pauses. */
  readonly reached: Promise<void>;
  release(): void;
}

/** A server's database whose transactions can be paused at a statement, so that a race always has the same order. */
export interface HeldTransactions {
  /** Wraps the server's own database. */
  readonly standBefore: (database: Database) => Database;
  /** Pauses the next transaction before it sends a matching statement. */
  hold(before: RegExp): HeldTransaction;
  /**
   * Waits until a request has its response, or waits for a paused transaction: on PostgreSQL for one of its locks, on
   * SQLite in the write
   * queue.
   */
  untilAnsweredOrWaiting(request: Promise<unknown>): Promise<void>;
}

/** The last step of a transaction before its commit appends to the audit trail, and locks its head. */
export const beforeItsEnd = /from "audit_heads"/;

export function holdTransactions(): HeldTransactions {
  let watched: Database | undefined;
  let waitingTurns = 0;
  let pending: { before: RegExp; reached: () => void; released: Promise<void> } | undefined;

  const meet = async (text: string) => {
    if (pending?.before.test(text) !== true) return;
    const { reached, released } = pending;
    pending = undefined;
    reached();
    await released;
  };
  const watch = (tx: Tx) => {
    const executor = tx.getExecutor();
    const provide = executor.provideConnection.bind(executor);
    const value: typeof provide = async (use, options) =>
      provide(async (connection) => {
        const executeQuery: DatabaseConnection['executeQuery'] = async (query, ...rest) => {
          await meet(query.sql);
          return connection.executeQuery(query, ...rest);
        };
        return use({ ...connection, executeQuery });
      }, options);
    Object.defineProperty(executor, 'provideConnection', { value });
  };
  return {
    standBefore: (database) => {
      watched = database;
      const transaction: Database['transaction'] = async (fn, options) => {
        let isWaiting = true;
        waitingTurns += 1;
        const begin = () => {
          if (isWaiting) waitingTurns -= 1;
          isWaiting = false;
        };
        try {
          return await database.transaction(async (tx) => {
            begin();
            watch(tx);
            await connectDirectly(tx);
            return fn(tx);
          }, options);
        } finally {
          begin();
        }
      };
      return { ...database, transaction };
    },
    hold: (before) => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      pending = { before, reached: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
    untilAnsweredOrWaiting: async (request) => {
      const state = { isAnswered: false };
      const note = () => {
        state.isAnswered = true;
      };
      request.then(note, note);
      while (!state.isAnswered && !(await isSomebodyWaiting(watched, waitingTurns))) await new Promise(setImmediate);
    },
  };
}

async function isSomebodyWaiting(database: Database | undefined, waitingTurns: number): Promise<boolean> {
  if (database?.engine !== 'postgres') return waitingTurns > 0;
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `.execute(database.db);
  return Number(rows[0]?.count) > 0;
}
