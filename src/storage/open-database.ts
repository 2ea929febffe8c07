import type { Logger } from '../kernel/logger.ts';
import type { Database } from './database.ts';
import type { Creation } from './missing-database.ts';
import { StorageStartError } from './start-error.ts';

interface OpenDatabaseOptions {
  /** `sqlite:<path>`, or `postgres://…` as libpq takes it. */
  readonly url: string;
  readonly logger: Logger;
  /** Of PostgreSQL: how many connections this process opens at most. */
  readonly poolSize?: number;
  /** How long a transaction may take, or be silent; for work that has the database to itself. */
  readonly transactionMsMax?: number;
  /** Whether a missing or empty database is made; always when left out. */
  readonly creation?: Creation;
}

const sqlitePrefix = 'sqlite:';
const postgresUrl = /^postgres(?:ql)?:\/\//u;

/**
 * Opens the database that a URL names and brings it to the version of this program. An engine's code is loaded only
 * when it is used.
 *
 * @throws {StorageStartError} when it cannot be opened, is missing and may not be made, has another owner, or is of a
 * newer version.
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
