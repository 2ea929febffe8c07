import type { Database, TransactionOptions, Tx } from '../storage/database.ts';
import type { UnchainedRow } from './chain.ts';

/** The entries of one transaction, by trail. `undefined` once its function has returned. */
type Pending = { trails: Map<string, UnchainedRow[]> | undefined };

const pending: unique symbol = Symbol('pending audit entries');

/** A transaction that can carry audit entries. Only an {@link AuditedDatabase} makes one. */
export type AuditedTx = Tx & { readonly [pending]: Pending };

/** A database whose transactions carry audit entries: a change and its entry commit together. */
export interface AuditedDatabase extends Omit<Database, 'transaction'> {
  /** As {@link Database.transaction}. */
  readonly transaction: <T>(fn: (tx: AuditedTx) => Promise<T>, options?: TransactionOptions) => Promise<T>;
}

/**
 * Creates the audited form of a database. Entries are kept until the function of their transaction has returned. Then
 * `write` gets them as the last step of the transaction, trail by trail in the order of their names.
 */
export function createAuditedDatabase(
  database: Database,
  write: (tx: Tx, trail: string, entries: readonly UnchainedRow[]) => Promise<void>,
): AuditedDatabase {
  const transaction: AuditedDatabase['transaction'] = async (fn, options) =>
    database.transaction(async (tx) => {
      const trails = new Map<string, UnchainedRow[]>();
      const audited: AuditedTx = Object.assign(tx, { [pending]: { trails } });
      const result = await fn(audited);
      audited[pending].trails = undefined;
      for (const [trail, entries] of [...trails].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        await write(tx, trail, entries);
      }
      return result;
    }, options);
  return { ...database, transaction };
}

/** @throws {TypeError} after the function of the transaction has returned. */
export function addEntry(tx: AuditedTx, trail: string, entry: UnchainedRow): void {
  const { trails } = tx[pending];
  if (trails === undefined) throw new TypeError('an audit entry was appended after the end of its transaction');
  const entries = trails.get(trail) ?? [];
  trails.set(trail, entries);
  entries.push(entry);
}
