import { once } from 'node:events';
import { connect } from 'node:net';

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
let server: ServerProcess;
let settings: Settings;

beforeEach(async () => {
  folder = await createTestFolder();
  settings = await reachableSettings();
});

afterEach(async () => {
  server.signal('SIGKILL');
  await server.ended;
  await folder.remove();
});

describe('a server that receives a stop signal', () => {
  test('finishes pending requests and rejects new ones', async () => {
    const url = await start();
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGTERM');
    await server.printed(stopping);
    await expect.poll(() => isListening(url), { timeout: 5_000 }).toBe(false);
    const { status, connection } = await held.finish();
    expect({ status, connection }).toStrictEqual({ status: 200, connection: 'close' });
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });

    expect(await start()).toBe(url);
    const groups = await call(`${url}/api/v1/groups`, { token });
    expect(groups.body).toMatchObject([{ name: 'Engineering' }]);
  });

  test('does the same on Ctrl-C', async () => {
    const url = await start();
    // An idle kept-alive connection does not delay the shutdown.
    expect((await call(`${url}/api/ready`)).status).toBe(200);
    server.signal('SIGINT');
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
  });

  test("aborts a request that does not finish within the operator's time limit", async () => {
    const url = await start({ ...settings, SALLYPORT_SHUTDOWN_SECONDS: '1' });
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGTERM');
    await expect(held.answered).rejects.toThrow();
    expect(await server.ended).toMatchObject({ exitCode: 1, errors: '' });
  });

  test('stops at once after a second signal', async () => {
    const url = await start();
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGTERM');
    await server.printed(stopping);
    server.signal('SIGTERM');
    await expect(held.answered).rejects.toThrow();
    expect(await server.ended).toMatchObject({ exitCode: 1 });
  });
});

async function start(env: Settings = settings): Promise<string> {
  server = startServerProcess(folder.path, env);
  return server.ready;
}

async function isListening(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
