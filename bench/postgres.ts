import pg from 'pg';

import { createPostgresDatabase, dropPostgresDatabase } from '../test/support/postgres-databases.ts';
import { startPostgres as startServer } from '../test/support/postgres-server.ts';

/** A PostgreSQL server with its default settings, so every commit is synced to the disk. */
export interface Postgres {
  readonly pid: number;
  readonly version: string;
  /** Creates an empty database and resolves with its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server with its data in a temporary folder. */
export async function startPostgres(): Promise<Postgres> {
  const server = await startServer({ isSynced: true });
  return {
    pid: server.pid(),
    version: await readVersion(server.url),
    createDatabase: (name) => createPostgresDatabase(server.url, { name }),
    dropDatabase: (name) => dropPostgresDatabase(server.url, name),
    stop: server.destroy,
  };
}

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return String((await client.query('show server_version')).rows[0].server_version);
  } finally {
    await client.end();
  }
}
