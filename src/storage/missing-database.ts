import { StorageStartError } from './start-error.ts';

/** Whether a database is made where there is none: always, unless its folder shows that there was one, or never. */
export type Creation = 'always' | 'unless-lost' | 'never';

/** Why the server does not start on a database that should be there. `where` names the file, or host and database. */
export function missingDatabase(where: string): StorageStartError {
  return new StorageStartError(
    `There is no Sallyport database at ${where}, and there was one: its root key or its lock file is there. ` +
      'Mount its volume or correct DATABASE_URL; after a loss, run: sallyport restore <backup>. ' +
      'For a new, empty database, run: sallyport database create (or set SALLYPORT_CREATE_DATABASE=always).',
  );
}
