import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { call } from './server.ts';
import { freePort } from './free-port.ts';

const projectFolder = join(import.meta.dirname, '../..');
const node = join(projectFolder, 'node_modules/.bin/node');
const program = join(projectFolder, 'src/start.mjs');

/** How long a process may take until it is ready: far more than it needs, even on a busy machine. */
const readyMsMax = 40_000;

/** The server as an operator runs it: a separate process with its own environment. */
export interface ServerProcess {
  /** `undefined` if it could not be started. */
  readonly pid: number | undefined;
  /** The address that it listens on. Rejects if it ends before, or takes longer than forty seconds. */
  readonly ready: Promise<string>;
  readonly ended: Promise<ServerEnd>;
  /** Resolves as soon as standard output contains `text`. */
  printed(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

/** The end of a process, and all its output. */
export interface ServerEnd {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Settings by their environment names. The process gets nothing else of this one's environment. */
export type Settings = Readonly<Record<string, string>>;

/** Starts the server with the project's own Node in `folder`. */
export function startServerProcess(folder: string, settings: Settings): ServerProcess {
  const child = spawn(node, [program], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));

  const ended = once(child, 'close').then(([exitCode]): ServerEnd => ({ exitCode, output, errors }));
  const find = async (pattern: RegExp): Promise<string> => {
    const found = Promise.withResolvers<string>();
    const look = () => {
      const match = pattern.exec(output);
      if (match !== null) found.resolve(match[1] ?? match[0]);
    };
    listeners.add(look);
    look();
    void ended.then(() => found.reject(new Error(`The process ended. ${output}${errors}`)));
    return found.promise.finally(() => listeners.delete(look));
  };
  const tooSlow = setTimeout(() => child.kill('SIGKILL'), readyMsMax);
  const ready = find(/^listening on (\S+)$/mu).finally(() => clearTimeout(tooSlow));
  // A caller that awaits only the end does not need it.
  ready.catch(() => undefined);
  return {
    pid: child.pid,
    ready,
    ended,
    printed: async (text) => {
      await find(new RegExp(RegExp.escape(text), 'u'));
    },
    signal: (name) => void child.kill(name),
  };
}

/** Settings of a server that can be reached at its own site's address. */
export async function reachableSettings(settings: Settings = {}): Promise<Settings> {
  const port = await freePort();
  return {
    SITE_URL: `http://localhost:${port}`,
    PORT: String(port),
    SALLYPORT_RATE_LIMIT_CALLER: '0',
    SALLYPORT_RATE_LIMIT_READ: '0',
    SALLYPORT_RATE_LIMIT_WRITE: '0',
    SALLYPORT_RATE_LIMIT_AUTH: '0',
    SALLYPORT_RATE_LIMIT_SIGN_IN: '0',
    // No load balancer has to notice the stop.
    SALLYPORT_DRAIN_SECONDS: '0',
    ...settings,
  };
}

/** A folder for one test. */
export async function createTestFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-process-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The first organization of a new server, and the token of an instance admin. */
export async function bootstrapProcess(url: string): Promise<{ organizationId: string; token: string }> {
  const json = { email: 'admin@acme.example', password: 'correct horse battery', organization: 'Acme' };
  const { body } = await call(`${url}/api/v1/admin/bootstrap`, { json });
  return { organizationId: body.organization.id, token: body.identity.credentials.token };
}
