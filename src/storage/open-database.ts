import type { Logger } from '../kernel/logger.ts';
import type { Database } from './database.ts';
import type { Creation } from './missing-database.ts';
import { StorageStartError } from './start-error.ts';

interface OpenDatabaseOptions {
  /** `sqlite:<path>`, or `postgres://…` in libpq's form. */
  readonly url: string;
  readonly logger: Logger;
  /** PostgreSQL only: how many connections this process opens. */
  readonly poolSize?: number;
  /** How long a transaction may take, or be silent; for work that does not share the database. */
  readonly transactionMsMax?: number;
  /** Whether a missing or empty database is created. The default is always. */
  readonly creation?: Creation;
}

const sqlitePrefix = 'sqlite:';
const postgresUrl = /^postgres(?:ql)?:\/\//u;

/**
 * Opens a database and migrates it to the version of this program. An engine's code is loaded only if it is used.
 *
 * @throws {StorageStartError} if it cannot be opened, is missing and may not be created, has another owner, or has a
 *   newer
 * version.
 */
export async function openDatabase({
  url,
  logger,
  poolSize,
  transactionMsMax,
  creation = 'always',
}: OpenDatabaseOptions): Promise<Database> {
  if (url.startsWith(sqlitePrefix) && url.length > sqlitePrefix.length) {
    const { openSqliteDatabase } = await import('./sqlite/sqlite-database.ts');
    const path = url.slice(sqlitePrefix.length).replace(/^\/\/(?=\/)/u, '');
    return openSqliteDatabase({ path, logger, creation, transactionMsMax, syncFile: (file) => file.datasync() });
  }
  if (postgresUrl.test(url)) {
    const { openPostgresDatabase } = await import('./postgres/postgres-database.ts');
    return openPostgresDatabase({ url, poolSize, logger, creation });
  }
  throw new StorageStartError('The database URL must be sqlite:<path> or postgres://<user>:<password>@<host>/<name>.');
}
