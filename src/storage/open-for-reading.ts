import { existsSync } from 'node:fs';

import { Kysely } from 'kysely';

import { silentLogger } from '../kernel/logger.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import type { Schema } from './schema/schema.ts';
import { StorageStartError } from './start-error.ts';

const sqlitePrefix = 'sqlite:';

/**
 * Opens a database of this program's version for reading only, even while a server uses it: on SQLite it does not take
 * the
 * ownership of the file. Transactions are rejected, because they could only write.
 *
 * @throws {StorageStartError} if it cannot be opened.
 */
export async function openForReading(url: string): Promise<Database> {
  const database = url.startsWith(sqlitePrefix)
    ? await openSqliteForReading(url.slice(sqlitePrefix.length))
    : await openDatabase({ url, logger: silentLogger, poolSize: 1, creation: 'never' });
  return {
    ...database,
    transaction: () => Promise.reject(new StorageStartError('The database was opened to read it, not to change it.')),
  };
}

async function openSqliteForReading(path: string): Promise<Omit<Database, 'transaction'>> {
  if (!existsSync(path)) throw new StorageStartError(`There is no database at ${path}.`);
  const [{ openReader }, { sqliteDialect }, { createReaderDriver }] = await Promise.all([
    import('./sqlite/sqlite-connection.ts'),
    import('./sqlite/sqlite-dialect.ts'),
    import('./sqlite/sqlite-reader.ts'),
  ]);
  const connection = openReader(path);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createReaderDriver(connection)) });
  return {
    engine: 'sqlite',
    db,
    ping: async () => void (await db.selectFrom('server_state').select('key').limit(1).execute()),
    close: async () => connection.close(),
  };
}
