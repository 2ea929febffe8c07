import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { createTestPlace, engines, type TestPlace } from '../support/databases.ts';
import { runProgram } from '../support/program.ts';
import { refreshCookieOf } from '../support/callers.ts';
import { call } from '../support/server.ts';
import { bootstrapProcess, reachableSettings, startServerProcess } from '../support/server-process.ts';

let folder: string;
let places: TestPlace[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-backup-'));
  places = [];
});

afterEach(async () => {
  await Promise.all(places.map(({ remove }) => remove()));
  await rm(folder, { recursive: true, force: true });
});

// Each test starts several processes in sequence.
const timeoutMs = 120_000;

describe.each(engines)('a backup of %s', { timeout: timeoutMs }, (engine) => {
  test('that is taken while the server writes is consistent and restores to the other engine', async () => {
    const source = await place(engine);
    const server = startServerProcess(folder, { ...(await reachableSettings()), ...source });
    const url = await server.ready;
    const { organizationId, token } = await bootstrapProcess(url);
    let isOver = false;
    const write = async (): Promise<void> => {
      const { status } = await call(`${url}/api/v1/groups`, { token, json: { name: randomUUID(), organizationId } });
      expect(status).toBe(200);
      if (!isOver) await write();
    };
    const writing = write();
    const end = await runProgram(['backup', 'backup.ndjson'], { home: folder, env: source });
    isOver = true;
    await writing;
    expect([end.exitCode, end.errors]).toStrictEqual([0, '']);
    expect(end.output).toContain('The root key is not');
    expect((await stat(fileOf('backup.ndjson'))).mode & 0o777).toBe(0o600);
    expectFailure(await runCommand(['backup', fileOf('backup.ndjson')], { home: folder, env: source }), 'EEXIST');
    server.signal('SIGTERM');
    await server.ended;

    const target = await place(engine === 'sqlite' ? 'postgres' : 'sqlite');
    const restored = await runProgram(['restore', '--keep-access', 'backup.ndjson'], { home: folder, env: target });
    expect([restored.exitCode, restored.errors]).toStrictEqual([0, '']);
    expectFailure(await runProgram(['restore', 'backup.ndjson'], { home: folder, env: target }), 'not empty');
    expect((await runCommand(['backup', fileOf('copy.ndjson')], { home: folder, env: target })).exitCode).toBe(0);
    expect(await readRows('copy.ndjson')).toStrictEqual(await readRows('backup.ndjson'));
    const verified = await runProgram(['audit', 'verify'], { home: folder, env: target });
    expect([verified.exitCode, verified.errors]).toStrictEqual([0, '']);
    expect(verified.output).toContain('nothing was altered or removed');
    const again = startServerProcess(folder, { ...(await reachableSettings()), ...target });
    const newUrl = await again.ready;
    const login = await call(`${newUrl}/api/v3/auth/login`, {
      json: { email: 'admin@acme.example', password: 'correct horse battery' },
    });
    expect(login.status).toBe(200);
    again.signal('SIGTERM');
    await again.ended;
  });
});

describe.each(engines)('a backup that is restored to %s', { timeout: timeoutMs }, (engine) => {
  test('H346: revives no session, token, code or invitation unless the operator keeps them', async () => {
    const source = await place('sqlite');
    // One address, because tokens are bound to it.
    const settings = await reachableSettings();
    const server = startServerProcess(folder, { ...settings, ...source });
    const url = await server.ready;
    const { organizationId, token: machineToken } = await bootstrapProcess(url);
    const json = { email: 'admin@acme.example', password: 'correct horse battery' };
    const login = await call(`${url}/api/v3/auth/login`, { json });
    const cookie = refreshCookieOf(login) ?? '';
    const token: string = login.body.accessToken;
    const ofOrganization = `/api/v1/organization/${organizationId}`;
    const { body } = await call(`${url}${ofOrganization}/break-glass-codes`, { method: 'POST', token });
    const invited = await call(`${url}${ofOrganization}/invitations`, { token, json: { email: 'zoe@acme.example' } });
    const { pathname, search } = new URL(invited.body.link);
    expect((await runCommand(['backup', fileOf('now')], { home: folder, env: source })).exitCode).toBe(0);
    server.signal('SIGTERM');
    await server.ended;

    const statusesAfter = async (...options: string[]) => {
      const target = await place(engine);
      const restored = await runProgram(['restore', ...options, fileOf('now')], { home: folder, env: target });
      expect([restored.exitCode, restored.errors]).toStrictEqual([0, '']);
      const again = startServerProcess(folder, { ...settings, ...target });
      const newUrl = await again.ready;
      const code = { organizationSlug: 'acme', email: json.email, code: body.codes[0] };
      const answers = [
        await call(`${newUrl}${ofOrganization}`, { token }),
        await call(`${newUrl}${ofOrganization}`, { token: machineToken }),
        await call(`${newUrl}/api/v1/auth/token`, { method: 'POST', headers: { cookie } }),
        await call(`${newUrl}${pathname}${search}`),
        await call(`${newUrl}/api/v1/auth/break-glass`, { json: code }),
      ];
      again.signal('SIGTERM');
      await again.ended;
      return { statuses: answers.map(({ status }) => status), output: restored.output };
    };
    const ended = await statusesAfter();
    expect(ended.statuses).toEqual([403, 403, 401, 404, 401]);
    expect(ended.output).toContain('1 sessions and 1 machine tokens are ended');
    expect((await statusesAfter('--keep-access')).statuses).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('a failed restore leaves nothing behind', { timeout: timeoutMs }, () => {
  test('of a truncated or altered file, without the root key, or with another key', async () => {
    const source = await place('sqlite');
    const server = startServerProcess(folder, { ...(await reachableSettings()), ...source });
    await bootstrapProcess(await server.ready);
    server.signal('SIGTERM');
    await server.ended;
    expect((await runCommand(['backup', fileOf('good')], { home: folder, env: source })).exitCode).toBe(0);
    const good = await readFile(fileOf('good'), 'utf8');
    const lines = good.split('\n');
    await writeFile(fileOf('cut'), lines.slice(0, -2).join('\n'));
    await writeFile(fileOf('altered'), good.replace('admin@acme.example', 'eve@acme.example'));
    await writeFile(fileOf('short'), lines.filter((_, index) => index !== 2).join('\n'));
    await writeFile(fileOf('hostile'), good.replace('"table":"users"', '"table":"users; drop table users"'));

    const target = await place('sqlite');
    for (const name of ['cut', 'altered', 'short', 'hostile']) {
      expectFailure(await runCommand(['restore', fileOf(name)], { home: folder, env: target }), 'cut short or damaged');
    }
    const keyless = { ...target, SALLYPORT_ROOT_KEY_FILE: join(folder, 'nowhere.key') };
    expectFailure(
      await runCommand(['restore', fileOf('good')], { home: folder, env: keyless }),
      'The root key is missing',
    );
    const { SALLYPORT_ROOT_KEY_FILE: _file, ...unkeyed } = target;
    const other = { ...unkeyed, SALLYPORT_ROOT_KEY: Buffer.alloc(32, 1).toString('base64') };
    expectFailure(
      await runCommand(['restore', fileOf('good')], { home: folder, env: other }),
      'The root key does not belong to this database',
    );
    expect((await runCommand(['restore', fileOf('good')], { home: folder, env: target })).exitCode).toBe(0);
    expect((await runProgram(['migrate', '--check'], { home: folder, env: target })).output).toContain('nothing to do');
  });
});

const fileOf = (name: string): string => join(folder, name);

/** Everything except the heading and the checksum, in an order that is independent of the engine. */
async function readRows(name: string): Promise<readonly string[]> {
  const lines = (await readFile(fileOf(name), 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(30);
  // The server's own audit trail has one more entry in a restored database, which records the restore.
  return lines
    .slice(1, -1)
    .filter((line) => !line.startsWith('["server",'))
    .toSorted();
}

/** Settings of a new database; all share one root key. */
async function place(engine: (typeof engines)[number]): Promise<Record<string, string>> {
  const made = await createTestPlace(engine);
  places.push(made);
  return { DATABASE_URL: made.url, SALLYPORT_ROOT_KEY_FILE: join(folder, 'root.key') };
}

function expectFailure({ exitCode, output, errors }: CommandEnd, text: string): void {
  expect(errors).toMatch(/^sallyport: [^\n]+\n$/u);
  expect(errors).toContain(text);
  expect([exitCode, output]).toStrictEqual([1, '']);
}
