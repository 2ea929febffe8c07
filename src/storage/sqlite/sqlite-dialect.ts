import { type Dialect, type DialectAdapter, type Driver, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

/** Kysely's SQLite dialect with a driver of this program. */
export function sqliteDialect(createDriver: () => Driver): Dialect {
  return {
    createDriver,
    createAdapter: () => adapter,
    createQueryCompiler: () => new LocklessCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/**
 * Omits `for update` and `for share`: SQLite does not have them and does not need them, because it runs one write
 * transaction at a time. So both engines share their queries.
 */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(): void {
    // Every modifier that this program uses locks rows.
  }
}

/** The write queue orders transactions, and the lock on the file keeps other processes from migrating it. */
const adapter: DialectAdapter = {
  supportsCreateIfNotExists: true,
  supportsMultipleConnections: true,
  supportsReturning: true,
  supportsTransactionalDdl: true,
  acquireMigrationLock: () => Promise.resolve(),
  releaseMigrationLock: () => Promise.resolve(),
};
