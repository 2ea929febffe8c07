import type { Config } from '../config/load-config.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import { migrationsFor } from '../storage/migration-list.ts';
import { openDatabase } from '../storage/open-database.ts';

/** Brings the database to this program's version; resolves with what was done. */
export async function migrateDatabase({ databaseUrl }: Config): Promise<string> {
  let count = 0;
  const logger: Logger = { ...silentLogger, info: () => void (count += 1) };
  const database = await openDatabase({ url: databaseUrl.expose(), logger, poolSize: 1 });
  await database.close();
  const version = Object.keys(migrationsFor(database.engine)).toSorted().at(-1);
  return count === 0
    ? `The database was at version ${version} already.`
    : `The database is at version ${version} now; it took ${count} ${count === 1 ? 'step' : 'steps'}.`;
}
