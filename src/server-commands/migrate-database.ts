import type { Config } from '../config/load-config.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import { openSnapshot } from '../storage/backup/snapshot.ts';
import { listDataKeys } from '../storage/keys/data-key-queries.ts';
import { migrationsFor } from '../storage/migrations/migration-list.ts';
import { openDatabase } from '../storage/open-database.ts';
import { OperatorFault } from './operator-fault.ts';

/** Brings the database to this program's version; resolves with what was done. */
export async function migrateDatabase({ databaseUrl }: Config): Promise<string> {
  let count = 0;
  const logger: Logger = { ...silentLogger, info: () => void (count += 1) };
  const database = await openDatabase({ url: databaseUrl.expose(), logger, poolSize: 1, creation: 'never' });
  await database.close();
  const version = Object.keys(migrationsFor(database.engine)).toSorted().at(-1);
  return count === 0
    ? `The database was at version ${version} already.`
    : `The database is at version ${version} now; it took ${count} ${count === 1 ? 'step' : 'steps'}.`;
}

/** Creates the database if it does not exist; resolves with what was done. */
export async function createDatabase({ databaseUrl }: Config): Promise<string> {
  let isNew = false;
  const logger: Logger = { ...silentLogger, info: () => void (isNew = true) };
  const database = await openDatabase({ url: databaseUrl.expose(), logger, poolSize: 1, creation: 'always' });
  const isInUse = (await listDataKeys(database.db)).length > 0;
  await database.close();
  if (isInUse) throw new OperatorFault('There is a database already, and it is in use. None was made.');
  return isNew
    ? 'Made an empty database. The next start of the server sets it up.'
    : 'The database is there, and empty.';
}

/** Says whether the database is at this program's version, and changes nothing. */
export async function checkMigrations({ databaseUrl }: Config): Promise<string> {
  const snapshot = await openSnapshot(databaseUrl.expose());
  await snapshot.close();
  const known = Object.keys(migrationsFor(snapshot.engine)).toSorted();
  const missing = known.filter((name) => !snapshot.migrations.includes(name));
  const isNewer = snapshot.migrations.some((name) => !known.includes(name));
  if (isNewer) {
    throw new OperatorFault(`The database is newer than this program, which knows versions up to ${known.at(-1)}.`);
  }
  if (missing.length > 0) throw new OperatorFault(`To be done: ${missing.join(', ')}. Run: sallyport migrate`);
  return `The database is at version ${known.at(-1)}; there is nothing to do.`;
}
