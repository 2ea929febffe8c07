import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { holdRequest } from '../support/held-request.ts';
import {
  bootstrapProcess,
  createTestFolder,
  reachableSettings,
  type ServerProcess,
  type Settings,
  startServerProcess,
} from '../support/server-process.ts';
import { call } from '../support/server.ts';

const stopping = 'stopping: finishing the requests in progress';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let settings: Settings;

beforeEach(async () => {
  folder = await createTestFolder();
  settings = await reachableSettings({ SALLYPORT_DRAIN_SECONDS: '2' });
});

describe('a server behind a load balancer that receives a stop signal', () => {
  let server: ServerProcess;

  afterEach(async () => {
    server.signal('SIGKILL');
    await server.ended;
    await folder.remove();
  });

  async function start(more: Settings = {}): Promise<string> {
    server = startServerProcess(folder.path, { ...settings, ...more });
    return server.ready;
  }

  test('answers on every kept connection until a response closes it, and resets none', async () => {
    const url = await start();
    const clients = Array.from({ length: 40 }, () => startClient(url));
    await Promise.all(clients.map(({ firstAnswer }) => firstAnswer));
    server.signal('SIGTERM');
    await server.printed(stopping);
    const ready = await call(`${url}/api/ready`);
    expect([ready.status, ready.body.code]).toEqual([503, 'not_ready']);
    expect([ready.headers.get('connection'), ready.headers.get('retry-after')]).toEqual(['close', '5']);
    expect((await call(`${url}/api/live`)).status).toBe(200);

    const ends = await Promise.all(clients.map(({ end }) => end));
    expect(ends).toEqual(ends.map(() => 'told to close'));
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
  });

  test('skips the rest of the drain after a second signal, and exits with 0', async () => {
    await start({ SALLYPORT_DRAIN_SECONDS: '600' });
    server.signal('SIGTERM');
    await server.printed(stopping);
    server.signal('SIGTERM');
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
    // SQLite removes its write-ahead log when the database is closed cleanly.
    expect(existsSync(join(folder.path, 'data/sallyport.db-wal'))).toBe(false);
  });

  test('aborts a pending request after a second signal, closes the database, and exits with 1', async () => {
    const url = await start({ SALLYPORT_DRAIN_SECONDS: '600' });
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGTERM');
    await server.printed(stopping);
    server.signal('SIGTERM');
    await expect(held.answered).rejects.toThrow();
    expect(await server.ended).toMatchObject({ exitCode: 1, errors: '' });
    expect(existsSync(join(folder.path, 'data/sallyport.db-wal'))).toBe(false);
  });

  test('also stops when its terminal closes', async () => {
    await start({ SALLYPORT_DRAIN_SECONDS: '0' });
    server.signal('SIGHUP');
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
  });

  test('does not open the debugger on a signal', async () => {
    const url = await start();
    server.signal('SIGUSR1');
    await server.printed('the debugger is not available');
    expect((await call(`${url}/api/live`)).status).toBe(200);
    server.signal('SIGINT');
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
  });
});

describe('a server whose output no process reads', () => {
  let server: ChildProcess;

  afterEach(async () => {
    server.kill('SIGKILL');
    await folder.remove();
  });

  test('stops in time on a signal', async () => {
    const program = join(import.meta.dirname, '../../src/start.mjs');
    server = spawn(process.execPath, [program], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], HOME: folder.path, ...settings, SALLYPORT_DRAIN_SECONDS: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = settings['SITE_URL'] ?? '';
    await expect.poll(() => isAnswering(url), { timeout: 20_000 }).toBe(true);
    // A pipe holds 64 KiB, and a log line has more than a hundred bytes.
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => call(`${url}/api/live`)));
    }
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

async function isAnswering(url: string): Promise<boolean> {
  return call(`${url}/api/live`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** A client that sends sequential requests over one kept-alive connection, until a response closes it. */
function startClient(url: string): { firstAnswer: Promise<void>; end: Promise<string> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = Promise.withResolvers<void>();
  const run = async (): Promise<string> => {
    try {
      while ((await get(`${url}/api/ready`, agent)) !== 'close') first.resolve();
      return 'told to close';
    } catch (thrown) {
      return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    } finally {
      agent.destroy();
    }
  };
  const end = run();
  void end.then((reason) => first.reject(new Error(reason)));
  return { firstAnswer: first.promise, end };
}

/** Resolves with the response's `Connection` header. */
async function get(url: string, agent: Agent): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  request(url, { agent })
    .on('error', reject)
    .on('response', (response) => {
      text(response).then(() => resolve(response.headers.connection), reject);
    })
    .end();
  return promise;
}
