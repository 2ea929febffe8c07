import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let acme: Bootstrapped;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  acme = await bootstrap(server);
  home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: acme.token };
});
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

const redirect = 'https://wiki.acme.example/callback';
const run = async (...args: string[]): Promise<CommandEnd> => runCommand(['app', ...args], { home, env });

test('an application is registered, changed, given a second secret, and deleted', async () => {
  const made = await run('create', 'Wiki', '--redirect', redirect, '--groups', 'staff, editors', '--json');
  const { application } = made.json();
  expect(application).toMatchObject({ organizationId: acme.organizationId, groups: ['staff', 'editors'] });
  const { id } = application;
  const changed = await run('update', id, '--groups', '', '--initiate-login', redirect, '--device', 'on', '--json');
  expect(changed.json().application).toMatchObject({ groups: null, initiateLoginUri: redirect, deviceGrant: true });
  const secret = await run('create-secret', id, '--expires', '2100-01-01');
  expect(secret.errors).toContain('shown only once');
  const shown = (await run('get', id)).output;
  expect(shown).toContain(`…${secret.output.trim().slice(-4)}, until 2100-01-01`);
  expect((await run('delete-secret', id, application.secrets[0].id, '--yes')).exitCode).toBe(0);
  expect((await run('list')).output).toMatch(new RegExp(`^${id} +Wiki +web +[0-9a-f]{32}$`, 'mu'));
  expect(await run('update', id)).toMatchObject({ exitCode: 2, errors: expect.stringContaining('Give an option') });
  expect(await run('create', 'Bad', '--redirect', 'http://wiki.example/')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('redirectUris.0'),
  });
  expect((await run('delete', id, '--yes')).exitCode).toBe(0);
  expect((await run('list')).output).toBe('There are no applications.\n');
});

test('an application of the operator is registered for listed organizations', async () => {
  const made = await run(
    'create',
    'Shop',
    '--operator',
    '--redirect',
    redirect,
    '--only',
    acme.organizationId,
    '--json',
  );
  const { application } = made.json();
  expect(application).toMatchObject({ organizations: 'listed', organizationIds: [acme.organizationId] });
  const opened = await run('update', application.id, '--only', '', '--json');
  expect(opened.json().application).toMatchObject({ organizations: 'all', organizationIds: [] });
  expect((await run('list', '--all')).output).toContain('Shop');
  expect((await run('delete', application.id, '--yes')).exitCode).toBe(0);
});
