import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type PostgresPlace, preparePostgres } from './postgres-programs.ts';
import { freePort } from './free-port.ts';

const user = 'postgres';
const password = 'practice';
const logCharactersKept = 4000;

/** A PostgreSQL server for tests and measurements, on the loopback interface. */
export interface PostgresServer {
  /** The URL of its `postgres` database. */
  readonly url: string;
  /** The id of its main process. It changes at each start. */
  pid(): number;
  /** Stops the server cleanly. Its data stay. */
  stop(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  destroy(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits wait for the disk. Only a power cut shows the difference. */
  readonly isSynced: boolean;
  /** Prepares the folder of the new cluster; returns further settings of the server. */
  readonly prepare?: (databaseDir: string) => readonly string[];
}

/**
 * Creates an empty cluster in a temporary folder and starts it on a free port.
 *
 * @throws Error with what the programs printed when PostgreSQL does not start.
 */
export async function startPostgres({ isSynced, prepare }: PostgresOptions): Promise<PostgresServer> {
  const place = await preparePostgres();
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    ...(isSynced ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
  const args = ['-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = createServerProcess(place, args);
  try {
    await createCluster(place);
    for (const setting of prepare?.(dataOf(place)) ?? []) args.push('-c', setting);
    await server.start();
  } catch (error) {
    await place.remove();
    throw error;
  }
  return {
    ...server,
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    pid: () => Number(readFileSync(join(dataOf(place), 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
    destroy: async () => {
      await server.stop();
      await place.remove();
    },
  };
}

function dataOf({ folder }: PostgresPlace): string {
  return join(folder, 'data');
}

// The programs print in English, because one message says that the server is ready. They do not start in the folder of
// the tests, because another user may not be able to enter it.
function optionsOf({ folder, runsAs }: PostgresPlace) {
  return { ...runsAs, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
}

async function createCluster(place: PostgresPlace): Promise<void> {
  const passwordFile = join(place.folder, 'password');
  await writeFile(passwordFile, `${password}\n`);
  await chmod(passwordFile, 0o644);
  await promisify(execFile)(
    join(place.programs, 'initdb'),
    [
      `--pgdata=${dataOf(place)}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--no-sync',
      '--locale=C',
      '--encoding=UTF8',
    ],
    optionsOf(place),
  );
}

function createServerProcess(
  place: PostgresPlace,
  args: readonly string[],
): { start(): Promise<void>; stop(): Promise<void> } {
  let stopRunning = async (): Promise<void> => undefined;
  return {
    start: async () => {
      const server = spawn(join(place.programs, 'postgres'), ['-D', dataOf(place), ...args], {
        ...optionsOf(place),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = once(server, 'exit');
      // An interrupted test run leaves no server behind.
      const endWithTests = () => server.kill('SIGQUIT');
      process.once('exit', endWithTests);
      stopRunning = async () => {
        process.off('exit', endWithTests);
        if (server.exitCode === null && server.signalCode === null) server.kill('SIGINT');
        await ended;
      };
      await isReady(server.stderr, ended);
    },
    stop: () => stopRunning(),
  };
}

async function isReady(messages: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let log = '';
  messages.setEncoding('utf8');
  messages.on('data', (text: string) => {
    log = `${log}${text}`.slice(-logCharactersKept);
    if (log.includes('ready to accept connections')) ready.resolve();
  });
  const failed = ended.then(() => {
    throw new Error(`PostgreSQL did not start:\n${log}`);
  });
  failed.catch(() => undefined);
  await Promise.race([ready.promise, failed]);
}
