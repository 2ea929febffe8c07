import { chmod, mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { addMachine, refreshCookieOf, signIn } from '../support/callers.ts';
import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let acme: Bootstrapped;
let home: string;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  acme = await bootstrap(server);
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  return async () => rm(home, { recursive: true, force: true });
});

describe('a login with the browser', () => {
  test('is accepted only from the site, by POST, and stored privately', async () => {
    const login = startProgram(['login', '--url', server.url, '--no-browser'], { home });
    const [, port = ''] = await login.said(/callback_port=(\d+)/u);
    const session = await startSession();
    const post = async (init: RequestInit, url = `http://127.0.0.1:${port}/`) =>
      (await fetch(url, { method: 'POST', body: JSON.stringify(session), ...init })).status;
    const headers = { origin: server.url, 'content-type': 'application/json' };

    expect(await post({ headers: { ...headers, origin: 'https://evil.example' } })).toBe(403);
    expect(await post({ headers: { 'content-type': 'application/json' } })).toBe(403);
    expect(await post({ headers }, `http://localhost:${port}/`)).toBe(421);
    expect(await post({ headers: { ...headers, 'content-type': 'text/plain' } })).toBe(404);
    expect(await post({ headers, body: '{}' })).toBe(400);
    expect(await post({ headers, body: JSON.stringify({ ...session, RefreshToken: 'a; Path=/' }) })).toBe(400);
    expect(await post({ headers, body: 'x'.repeat(100_000) })).toBe(400);
    const preflight = await fetch(`http://127.0.0.1:${port}/`, { method: 'OPTIONS', headers });
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': server.url,
      'access-control-allow-private-network': 'true',
    });
    expect(await post({ headers })).toBe(200);

    const { exitCode, output, errors } = await login.ended;
    expect([exitCode, output]).toStrictEqual([
      0,
      `Logged in at ${server.url} as ${acme.admin.email} (profile default).\n`,
    ]);
    expect(errors).toContain('a login attempt by a page of another site');
    expect(output + errors).not.toContain(session.RefreshToken);
    expect((await stat(profilesFile())).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, '.config/sallyport'))).mode & 0o777).toBe(0o700);
  });

  test('that the server does not know is not stored', async () => {
    const forged = { ...(await startSession()), JTWToken: 'a.b.c' };
    const end = await paste(forged);
    expectFailure(end, 4);
    expect((await runCommand(['profile', 'list'], { home })).output).toContain('There are no profiles');
  });

  test('can be pasted, refreshes once for all programs, and ends with logout', async () => {
    const session = await startSession();
    expect((await paste(session)).exitCode).toBe(0);
    await expireAccessToken();
    const several = await Promise.all([1, 2, 3].map(async () => runProgram(['whoami', '--json'], { home })));
    expect(several.map(({ exitCode, errors }) => [exitCode, errors])).toStrictEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(several[0]?.json().user.email).toBe(acme.admin.email);
    const kept = await readProfile();
    expect(kept.refreshToken).not.toBe(session.RefreshToken);

    expect((await runCommand(['organization', 'use', 'acme'], { home })).exitCode).toBe(0);
    expect((await runCommand(['sso', 'get'], { home })).errors).toContain('oidc_config_not_found');
    const { refreshToken } = await readProfile();
    expect((await runCommand(['logout'], { home })).exitCode).toBe(0);
    expectFailure(await runCommand(['whoami'], { home }), 4);
    expect(await readFile(profilesFile(), 'utf8')).not.toMatch(/Token/u);
    const again = await server.call('/api/v1/auth/token', {
      method: 'POST',
      headers: { cookie: `jid=${refreshToken}` },
    });
    expect(again.status).toBe(401);
  });
});

describe('a login of a machine identity', () => {
  test('stores the token and not the secret, and prints neither', async () => {
    const machine = await addMachine(server, acme, { organizationId: acme.organizationId, role: 'admin' });
    const args = ['login', '--url', server.url, '--client-id', machine.clientId, '--client-secret-file', '-'];
    const end = await runProgram(args, { home, input: `${machine.clientSecret}\n` });
    expect([end.exitCode, end.output]).toStrictEqual([
      0,
      `Logged in at ${server.url} as machine identity of Acme (profile default).\n`,
    ]);
    const kept = await readFile(profilesFile(), 'utf8');
    expect(kept).not.toContain(machine.clientSecret);
    const { accessToken } = await readProfile();
    const listed = await runCommand(['profile', 'list', '--json'], { home });
    expect(listed.output + end.errors).not.toContain(accessToken);
    expect((await runCommand(['token'], { home })).output).toBe(`${accessToken}\n`);
    expect((await runCommand(['logout'], { home })).exitCode).toBe(0);
    const used = await server.call('/api/v1/identities/details', { token: accessToken });
    expect(used.status).toBe(403);
  });

  test('fails with a wrong secret', async () => {
    const machine = await addMachine(server, acme, { organizationId: acme.organizationId, role: 'admin' });
    const args = ['login', '--url', server.url, '--client-id', machine.clientId, '--client-secret-file', '-'];
    expectFailure(await runCommand(args, { home, input: 'wrong' }), 4);
    expectFailure(await runCommand(args.slice(0, -2), { home }), 2);
  });
});

describe('the profiles', () => {
  test('are never sent to another server', async () => {
    const seen: string[] = [];
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization ?? request.headers.cookie ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const address = thief.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await paste(await startSession());
    expectFailure(await runCommand(['whoami', '--url', url], { home }), 2);
    expectFailure(await runCommand(['whoami'], { home, env: { SALLYPORT_URL: url } }), 2);
    thief.close();
    expect(seen).toStrictEqual([]);
  });

  test('are selected, listed and deleted', async () => {
    await paste(await startSession());
    await paste(await startSession(), '--profile', 'staging');
    expect((await runCommand(['profile', 'list'], { home })).output).toMatch(/^\* +staging/mu);
    expect((await runCommand(['profile', 'use', 'default'], { home })).exitCode).toBe(0);
    expect((await runCommand(['profile', 'delete', 'staging'], { home })).exitCode).toBe(0);
    expectFailure(await runCommand(['whoami', '--profile', 'staging'], { home }), 2);
    expectFailure(await runCommand(['profile', 'use', '__proto__'], { home }), 1);
    expect((await runCommand(['whoami'], { home, env: { SALLYPORT_PROFILE: 'default' } })).exitCode).toBe(0);
  });

  test('that other users can read, or that are damaged, are rejected', async () => {
    await paste(await startSession());
    await chmod(profilesFile(), 0o644);
    const end = await runCommand(['whoami'], { home });
    expectFailure(end, 1);
    expect(end.errors).toContain(`chmod 600 ${profilesFile()}`);
    await chmod(profilesFile(), 0o600);
    await writeFile(profilesFile(), '{"current": "default", "profiles": {"default": {"accessToken": "secret"');
    const damaged = await runCommand(['whoami'], { home });
    expectFailure(damaged, 1);
    expect(damaged.errors).not.toContain('secret');
  });

  test('follow XDG_CONFIG_HOME', async () => {
    const folder = join(home, 'elsewhere');
    await mkdir(folder);
    await paste(await startSession(), '--profile', 'one', { XDG_CONFIG_HOME: folder });
    expect(await readFile(join(folder, 'sallyport/profiles.json'), 'utf8')).toContain('"one"');
  });
});

/** A session for a program, in the form in which the site's page sends it. */
async function startSession() {
  const answer = await signIn(server, acme.admin);
  const cookie = refreshCookieOf(answer) ?? '';
  return {
    email: 'whoever@says.so',
    privateKey: '',
    JTWToken: String(answer.body.accessToken),
    RefreshToken: cookie.slice('jid='.length),
  };
}

async function paste(session: object, ...more: readonly (string | Record<string, string>)[]): Promise<CommandEnd> {
  const input = Buffer.from(JSON.stringify(session)).toString('base64');
  const args = more.filter((word) => typeof word === 'string');
  const env = more.find((word) => typeof word === 'object') ?? {};
  return runCommand(['login', '--url', server.url, '--paste', ...args], { home, env, input });
}

function profilesFile(): string {
  return join(home, '.config/sallyport/profiles.json');
}

async function readProfile(): Promise<{ accessToken: string; refreshToken: string }> {
  return JSON.parse(await readFile(profilesFile(), 'utf8')).profiles.default;
}

/** Replaces the stored token with one whose `exp` has passed. */
async function expireAccessToken(): Promise<void> {
  const set = JSON.parse(await readFile(profilesFile(), 'utf8'));
  const [header = '', , signature = ''] = set.profiles.default.accessToken.split('.');
  const claims = Buffer.from(JSON.stringify({ exp: 1 })).toString('base64url');
  set.profiles.default.accessToken = `${header}.${claims}.${signature}`;
  await writeFile(profilesFile(), JSON.stringify(set));
}

function expectFailure({ exitCode, output, errors }: CommandEnd, code: number): void {
  expect(errors).toMatch(/^sallyport: [^\n]+\n$/mu);
  expect(errors).not.toMatch(/^\s+at /mu);
  expect([exitCode, output]).toStrictEqual([code, '']);
}
