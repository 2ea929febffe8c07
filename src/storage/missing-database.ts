import { StorageStartError } from './start-error.ts';

/** Whether a missing database is created: always, unless its folder shows that there was one, or never. */
export type Creation = 'always' | 'unless-lost' | 'never';

/** Why the server does not start without its database. `where` names the file, or host and database. */
export function missingDatabase(where: string): StorageStartError {
  return new StorageStartError(
    `There is no Sallyport database at ${where}, but there was one: its root key or its lock file exists. ` +
      'Mount its volume or correct DATABASE_URL. If the database is lost, run: sallyport restore <backup>. ' +
      'For a new, empty database, run: sallyport database create (or set SALLYPORT_CREATE_DATABASE=always).',
  );
}
