import { type Dialect, type DialectAdapter, type Driver, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

/** SQLite as Kysely speaks it, over a driver of ours. */
export function sqliteDialect(createDriver: () => Driver): Dialect {
  return {
    createDriver,
    createAdapter: () => adapter,
    createQueryCompiler: () => new LocklessCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/**
 * Leaves out `for update` and `for share`: SQLite does not know them, and does not need them, because it runs one write
 * transaction at a time. So one query serves both engines.
 */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(): void {
    // Every modifier that is used here locks rows.
  }
}

/** The driver takes care of turns; the lock on the file lets nobody else migrate it. */
const adapter: DialectAdapter = {
  supportsCreateIfNotExists: true,
  supportsMultipleConnections: true,
  supportsReturning: true,
  supportsTransactionalDdl: true,
  acquireMigrationLock: () => Promise.resolve(),
  releaseMigrationLock: () => Promise.resolve(),
};
