import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

import type { Logger } from '../../kernel/logger.ts';
import type { Db, Engine } from '../database.ts';
import { migrationTriesMax } from '../limits.ts';
import { type Creation, missingDatabase } from '../missing-database.ts';
import { isPostgresRetryable } from '../postgres/postgres-errors.ts';
import { StorageStartError } from '../start-error.ts';

const migrationTable = 'schema_migrations';
const lockTable = 'schema_migration_lock';

interface MigrateOptions {
  readonly engine: Engine;
  readonly migrations: Record<string, Migration>;
  readonly logger: Logger;
  /** Whether an empty database is created. The default is always. */
  readonly creation?: Creation;
  /** The name of the database in messages. */
  readonly where?: string;
}

/**
 * Migrates a database to the version of this program, one transaction per migration. Several nodes may start at once:
 * on
 * PostgreSQL the migrator holds an advisory lock, and on SQLite the file has one owner.
 *
 * @throws {StorageStartError} if the database has a newer version, or if a migration fails.
 */
export async function migrate(db: Db, options: MigrateOptions): Promise<void> {
  const { engine, migrations, logger } = options;
  const known = Object.keys(migrations).toSorted();
  const applied = await appliedMigrations(db, engine);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw newerDatabase(applied.at(-1), known.at(-1));
  if (applied.length === known.length) return;
  if (applied.length === 0) announceCreation(options);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: migrationTable,
    migrationLockTableName: lockTable,
  });
  for (let tries = 1; ;) {
    const { error, results = [] } = await migrator.migrateUp();
    // Nodes of the previous version still run, and one of their transactions may wait for a lock of this one.
    if (isPostgresRetryable(error) && tries < migrationTriesMax) {
      tries += 1;
      continue;
    }
    if (error !== undefined) {
      const name = results.find((result) => result.status === 'Error')?.migrationName ?? 'the next version';
      throw new StorageStartError(`The database could not be migrated to ${name}. It was not changed.`, {
        cause: error,
      });
    }
    if (results.length === 0) return;
    for (const { migrationName } of results) logger.info({ migration: migrationName }, 'database migrated');
  }
}

function announceCreation({ creation = 'always', where = '', logger }: MigrateOptions): void {
  if (creation === 'never') throw missingDatabase(where);
  if (creation === 'always') {
    logger.info({ database: where }, 'created a new database');
    return;
  }
  const message = 'created a new database; if there should have been one, stop the server and look for it';
  logger.warn({ database: where }, message);
}

function newerDatabase(found: string | undefined, known: string | undefined): StorageStartError {
  return new StorageStartError(
    `The database has version ${found}, and this program knows versions up to ${known}. ` +
      'Start the program that last used it, or a newer one, or restore the backup from before the upgrade.',
  );
}

/** The names of the applied migrations, in order; none if the database is empty. */
async function appliedMigrations(db: Db, engine: Engine): Promise<string[]> {
  if (!(await hasMigrationTable(db, engine))) return [];
  const found = await sql<{ name: string }>`select name from ${sql.table(migrationTable)} order by name`.execute(db);
  return found.rows.map((row) => row.name);
}

// Kysely's list of all tables has the answer too, but it costs PostgreSQL at least 50 ms of each start.
async function hasMigrationTable(db: Db, engine: Engine): Promise<boolean> {
  const query =
    engine === 'sqlite'
      ? sql`select 1 from sqlite_schema where type = 'table' and name = ${migrationTable}`
      : sql`select 1 where to_regclass(${migrationTable}) is not null`;
  return (await query.execute(db)).rows.length > 0;
}
