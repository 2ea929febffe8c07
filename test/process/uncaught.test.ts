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

const marked = 'marked-secret';
/** Node loads this before the server. Each signal causes a failure of one kind while the server runs. */
const faults = `
  const secret = '${marked}';
  const fail = () => Object.assign(new TypeError('the secret is ' + secret), { secret, code: 'ERR_PRACTICE' });
  process.on('SIGUSR2', () => { throw fail(); });
  process.on('SIGWINCH', () => void Promise.reject(fail()));
`;
const preload = `--import=data:text/javascript;base64,${Buffer.from(faults).toString('base64')}`;

const foreseenByNobody = 'stopping: an unexpected error';

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

async function start(more: Settings = { NODE_OPTIONS: preload }): Promise<string> {
  server = startServerProcess(folder.path, { ...settings, ...more });
  return server.ready;
}

/** The log line of the failure. */
function faultIn(output: string): unknown {
  return JSON.parse(output.split('\n').find((line) => line.includes(foreseenByNobody)) ?? '{}');
}

describe('an uncaught error', () => {
  test.each([
    ['an exception', 'SIGUSR2', 'uncaughtException'],
    ['a rejection', 'SIGWINCH', 'unhandledRejection'],
  ] as const)(
    'H282: %s stops the server with exit code 1 after the pending requests',
    async (_what, signal, origin) => {
      const url = await start();
      const { token } = await bootstrapProcess(url);
      const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
      server.signal(signal);
      await server.printed(foreseenByNobody);
      expect(await held.finish()).toStrictEqual({ status: 200, connection: 'close' });
      const { exitCode, output, errors } = await server.ended;
      expect(exitCode).toBe(1);
      expect(errors).toBe('sallyport: an unexpected error (TypeError); see the log.\n');
      expect(faultIn(output)).toMatchObject({ level: 50, type: 'TypeError', code: 'ERR_PRACTICE', origin });
      expect(output + errors).not.toContain(marked);

      // A supervisor restarts it, and acknowledged changes are still stored.
      await start({});
      const groups = await call(`${url}/api/v1/groups`, { token });
      expect(groups.body).toMatchObject([{ name: 'Engineering' }]);
    },
  );

  test('H282: a second one stops the server at once', async () => {
    const url = await start();
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGUSR2');
    await server.printed(foreseenByNobody);
    server.signal('SIGWINCH');
    await expect(held.answered).rejects.toThrow();
    expect(await server.ended).toMatchObject({ exitCode: 1 });
  });

  test("H282: a request that does not finish cannot delay the exit beyond the operator's time limit", async () => {
    const url = await start({ NODE_OPTIONS: preload, SALLYPORT_SHUTDOWN_SECONDS: '1' });
    const { token } = await bootstrapProcess(url);
    const held = await holdRequest(url, { token, json: { name: 'Engineering' } });
    server.signal('SIGUSR2');
    await expect(held.answered).rejects.toThrow();
    expect(await server.ended).toMatchObject({ exitCode: 1 });
  });
});
