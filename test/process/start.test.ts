import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createTestPlace } from '../support/databases.ts';
import { runProgram } from '../support/program.ts';
import {
  createTestFolder,
  reachableSettings,
  type ServerEnd,
  type ServerProcess,
  type Settings,
  startServerProcess,
} from '../support/server-process.ts';

const rootKeyFile = 'data/root.key';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let settings: Settings;
let running: ServerProcess[];

/** The result of a first start, for tests of later starts. */
let firstStart: typeof folder;

beforeAll(async () => {
  folder = firstStart = await createTestFolder();
  settings = await reachableSettings();
  running = [];
  await stop(start());
});
afterAll(() => firstStart.remove());

beforeEach(async () => {
  folder = await createTestFolder();
  settings = await reachableSettings();
  running = [];
});

afterEach(async () => {
  for (const server of running) server.signal('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await folder.remove();
});

describe('a first start', () => {
  test('needs only an address to listen on, and makes its files private', async () => {
    const { SITE_URL: url = '' } = settings;
    expect(await start().ready).toBe(url);
    const names = await readdir(join(folder.path, 'data'));
    expect(names).toEqual(expect.arrayContaining(['root.key', 'sallyport.db']));
    for (const name of names) expect([name, await modeOf(`data/${name}`)]).toStrictEqual([name, 0o600]);
    expect(await modeOf('data')).toBe(0o700);
    const status = await fetch(`${url}/api/status`);
    expect(await status.json()).toMatchObject({ message: 'Ok', isBootstrapped: false });
  });

  test('never prints the root key', async () => {
    const server = start();
    await server.ready;
    const key = (await readFile(join(folder.path, rootKeyFile), 'utf8')).trim();
    const { output, errors } = await stop(server);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(output + errors).not.toContain(key);
  });
});

describe('a second start', () => {
  test('continues with what the first one created', async () => {
    await stop(start());
    const key = await readFile(join(folder.path, rootKeyFile), 'utf8');
    await stop(start());
    expect(await readFile(join(folder.path, rootKeyFile), 'utf8')).toBe(key);
  });

  test('is rejected while the first one runs', async () => {
    await start().ready;
    const other = await reachableSettings();
    expectRefusal(await start(other).ended, /sallyport\.db is in use by process \d+/u);
  });
});

describe('a start without the earlier database', () => {
  const database = 'data/sallyport.db';

  test('is rejected, creates none, and names the options', async () => {
    await comeAfterFirstStart();
    await rm(join(folder.path, database));
    await rm(join(folder.path, `${database}.lock`));
    const end = await start().ended;
    expectRefusal(end, /^There is no Sallyport database at \S+sallyport\.db, but there was one/u);
    expect(end.errors).toContain('sallyport database create');
    expect(await readdir(join(folder.path, 'data'))).toEqual(['root.key']);

    const { output } = await runProgram(['database', 'create'], { home: folder.path, env: settings });
    expect(output).toContain('Made an empty database');
    await stop(start());
    const again = await runProgram(['database', 'create'], { home: folder.path, env: settings });
    expect([again.exitCode, again.errors]).toEqual([1, expect.stringContaining('There is a database already')]);
  });

  test('is rejected on an empty file, also by the commands that would fill it', async () => {
    await comeAfterFirstStart();
    await writeFile(join(folder.path, database), '');
    expectRefusal(await start().ended, /^There is no Sallyport database at /u);
    const migrated = await runProgram(['migrate'], { home: folder.path, env: settings });
    expect(migrated.errors).toContain('There is no Sallyport database at ');
    await stop(start({ ...settings, SALLYPORT_CREATE_DATABASE: 'always' }));
  });

  test('is rejected on an empty PostgreSQL database', async () => {
    await comeAfterFirstStart();
    const place = await createTestPlace('postgres');
    const env = { ...settings, DATABASE_URL: place.url };
    expectRefusal(await start(env).ended, /^There is no Sallyport database at 127\.0\.0\.1:/u);
    const { errors } = await runProgram(['migrate'], { home: folder.path, env });
    expect(errors).toContain('There is no Sallyport database at ');
    await place.remove();
  });

  test('with its root key in the environment is rejected where a database was, and warns elsewhere', async () => {
    const env = { ...settings, SALLYPORT_ROOT_KEY: randomBytes(32).toString('base64') };
    const strict = { ...env, SALLYPORT_CREATE_DATABASE: 'never' };
    expectRefusal(await start(strict).ended, /^There is no Sallyport database at /u);
    expect(await readdir(folder.path)).toEqual([]);
    expect((await stop(start(env))).output).toContain('created a new database; if there should have been one');
    await stop(start(strict));
    await rm(join(folder.path, database));
    expectRefusal(await start(env).ended, /^There is no Sallyport database at /u);
  });

  test('continues an interrupted first start', async () => {
    // The process was killed between the two steps: the root key exists, and the database does not.
    await mkdir(join(folder.path, 'data'), { mode: 0o700 });
    await writeFile(join(folder.path, `${rootKeyFile}.first-start`), '');
    await writeFile(join(folder.path, rootKeyFile), randomBytes(32).toString('base64'), { mode: 0o600 });
    await stop(start());
    expect(await readdir(join(folder.path, 'data'))).not.toContain('root.key.first-start');
  });
});

describe('a start that must fail ends with one clear message', () => {
  test('with another root key', async () => {
    await comeAfterFirstStart();
    const SALLYPORT_ROOT_KEY = randomBytes(32).toString('base64');
    const end = await start({ ...settings, SALLYPORT_ROOT_KEY }).ended;
    expectRefusal(end, /^The root key does not belong to this database\./u);
    expect(end.errors + end.output).not.toContain(SALLYPORT_ROOT_KEY);
  });

  test('without its root key, and creates no key that would be taken for it', async () => {
    await comeAfterFirstStart();
    const key = await readFile(join(folder.path, rootKeyFile));
    await rm(join(folder.path, rootKeyFile));
    for (let starts = 0; starts < 2; starts += 1) {
      expectRefusal(
        await start().ended,
        /^SALLYPORT_ROOT_KEY_FILE data\/root\.key is missing, but this database was created/u,
      );
      expect(await readdir(join(folder.path, 'data'))).not.toContain('root.key');
    }
    await writeFile(join(folder.path, rootKeyFile), key, { mode: 0o600 });
    await stop(start());
  });

  test('with a root key that other users can read', async () => {
    await comeAfterFirstStart();
    await chmod(join(folder.path, rootKeyFile), 0o644);
    const end = await start().ended;
    expectRefusal(end, /^SALLYPORT_ROOT_KEY_FILE data\/root\.key may be read by others \(mode 0644\)/u);
    expect(end.errors).toContain('chmod 600 data/root.key');
  });

  test('on a port that is taken', async () => {
    const holder = createServer().listen(Number(settings['PORT']), '127.0.0.1');
    await once(holder, 'listening');
    try {
      const end = await start().ended;
      expectRefusal(end, new RegExp(`^Port ${settings['PORT']} on 127\\.0\\.0\\.1 is taken`, 'u'));
    } finally {
      holder.close();
    }
  });

  test('on a database of a newer program, which it leaves unchanged', async () => {
    await comeAfterFirstStart();
    const file = join(folder.path, 'data/sallyport.db');
    const database = new DatabaseSync(file);
    const table = String(
      database
        .prepare("select name from sqlite_master where name like '%migration%' and name not like '%lock%'")
        .get()?.['name'],
    );
    database.exec(`insert into ${table} (name, timestamp) values ('9999-from-the-future', '2099-01-01T00:00:00Z')`);
    database.close();
    const before = await readFile(file);
    expectRefusal(await start().ended, /^The database has version 9999-from-the-future/u);
    expect(await readFile(file)).toStrictEqual(before);
  });

  test('in a folder without write permission', async () => {
    const data = await makeReadOnlyFolder();
    const end = await start({ ...settings, DATABASE_URL: `sqlite:${data}/sallyport.db` }).ended;
    expectRefusal(end, /^SALLYPORT_ROOT_KEY_FILE the key file \S+root\.key cannot be used \(E[A-Z]+\)/u);
  });

  test('in a folder without write permission, with the root key from elsewhere', async () => {
    const data = await makeReadOnlyFolder();
    const SALLYPORT_ROOT_KEY = randomBytes(32).toString('base64');
    const end = await start({ ...settings, DATABASE_URL: `sqlite:${data}/sallyport.db`, SALLYPORT_ROOT_KEY }).ended;
    expectRefusal(end, /^Cannot lock \S+sallyport\.db: its folder cannot be written to\./u);
  });

  test('with an unreachable PostgreSQL, without printing its password', async () => {
    const place = await createTestPlace('postgres');
    await place.remove();
    const url = new URL(place.url);
    url.password = 'a-password-to-keep';
    const end = await start({ ...settings, DATABASE_URL: url.href }).ended;
    expectRefusal(end, /^Cannot use the PostgreSQL database at /u);
    expect(end.errors + end.output).not.toContain('a-password-to-keep');
  });

  test('with a password in the wrong setting, without repeating it', async () => {
    const wrong = {
      SALLYPORT_OUTBOUND_ALLOW: 'http://user:a-password-to-keep@proxy.acme.example:3128',
      SALLYPORT_OUTBOUND_PROXY: 'socks5://user:a-password-to-keep@proxy.acme.example',
      SALLYPORT_RETURN_TO_ALLOW: 'https://user:a-password-to-keep@app.acme.example',
      SALLYPORT_TRUSTED_PROXIES: 'user:a-password-to-keep@10.0.0.1',
      SALLYPORT_SMTP_URL: 'smtp://user:a-password-to-keep@mail.acme.example/inbox',
      SALLYPORT_MAIL_FROM: 'user:a-password-to-keep@mail.acme.example',
      SITE_URL: 'https://user:a-password-to-keep@sso.acme.example',
      SALLYPORT_VERIFIED_DOMAINS: 'user:a-password-to-keep@acme.example',
      DATABASE_URL: 'mysql://user:a-password-to-keep@db.acme.example/x',
    };
    const { errors, output, exitCode } = await start({ ...settings, ...wrong }).ended;
    expect([exitCode, errors + output]).toEqual([1, expect.not.stringContaining('a-password-to-keep')]);
    const listed = { ...settings, SALLYPORT_OUTBOUND_ALLOW: wrong.SALLYPORT_OUTBOUND_ALLOW };
    const end = await start(listed).ended;
    expectRefusal(end, /^SALLYPORT_OUTBOUND_ALLOW "…@proxy\.acme\.example:3128" is not a host/u);
  });

  test('with several wrong settings, naming all of them', async () => {
    const wrong = {
      PORT: 'eighty',
      SITE_URL: 'acme.example',
      SALLYPORT_RATE_LIMIT_RAED: '5',
      DATABASE_URL: 'mysql://x',
    };
    const end = await start({ ...settings, ...wrong }).ended;
    const lines = end.errors.trim().split('\n');
    expect(new Set(lines.map((line) => line.split(' ', 1)[0]))).toStrictEqual(new Set(Object.keys(wrong)));
    expect(lines).toHaveLength(Object.keys(wrong).length);
    expect(end.errors).toContain('did you mean SALLYPORT_RATE_LIMIT_READ?');
    expect(end.exitCode).toBe(1);
    // Nothing was created before the settings were validated.
    expect(await readdir(folder.path)).toStrictEqual([]);
  });

  test('with an invalid outbound rule', async () => {
    const end = await start({ ...settings, SALLYPORT_OUTBOUND_ALLOW: '10.0.0.0/99' }).ended;
    expectRefusal(end, /^SALLYPORT_OUTBOUND_ALLOW "10\.0\.0\.0\/99" is not a host, host:port or CIDR$/mu);
  });

  test('with an invalid CA bundle', async () => {
    const end = await start({ ...settings, SALLYPORT_OUTBOUND_CA_FILE: 'missing.pem' }).ended;
    expectRefusal(end, /^SALLYPORT_OUTBOUND_CA_FILE names missing\.pem, which cannot be read \(ENOENT\)$/mu);
    // Nothing was created before the settings were validated.
    expect(await readdir(folder.path)).toStrictEqual([]);
  });
});

/** Copies the result of a first start into the test's folder. */
async function comeAfterFirstStart(): Promise<void> {
  await cp(firstStart.path, folder.path, { recursive: true });
}

function start(env: Settings = settings): ServerProcess {
  const server = startServerProcess(folder.path, env);
  running.push(server);
  return server;
}

async function stop(server: ServerProcess): Promise<ServerEnd> {
  await server.ready;
  server.signal('SIGTERM');
  const end = await server.ended;
  expect(end.exitCode).toBe(0);
  return end;
}

/** One line for the operator, without a stack trace. */
function expectRefusal({ exitCode, output, errors }: ServerEnd, message: RegExp): void {
  expect(errors).toMatch(message);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors + output).not.toMatch(/^\s+at /mu);
  expect(output).not.toContain('listening on');
  expect(exitCode).toBe(1);
}

/** Root can write to every folder except the kernel's own. */
async function makeReadOnlyFolder(): Promise<string> {
  if (process.getuid?.() === 0) return '/proc';
  const path = join(folder.path, 'read-only');
  await mkdir(path, { mode: 0o555 });
  return path;
}

async function modeOf(name: string): Promise<number> {
  return (await stat(join(folder.path, name))).mode & 0o777;
}
