import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { addMachine, addMember, logIn } from '../support/callers.ts';
import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { runProgram } from '../support/program.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let acme: Bootstrapped;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  acme = await bootstrap(server);
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: acme.token };
  return async () => rm(home, { recursive: true, force: true });
});

describe('an organization', () => {
  test('is created, listed by its members, changed and shown', async () => {
    const made = await run('organization', 'create', 'Globex Inc.', '--slug', 'globex', '--json');
    expect(made.json().organization).toMatchObject({ name: 'Globex Inc.', slug: 'globex' });
    const shown = await run('organization', 'get', '--organization', made.json().organization.id);
    expect(shown.output).toMatch(/^slug +globex$/mu);
    const { token } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'member' });
    env['SALLYPORT_TOKEN'] = token;
    expect((await run('organization', 'list')).output).toContain('Acme');
    expect((await run('organization', 'get', '--organization', 'acme')).output).toContain(acme.organizationId);
  });
});

describe('all organizations of the server', () => {
  test('are listed, named by slug and deleted by a machine identity that is an instance admin', async () => {
    await run('organization', 'create', 'Initech', '--slug', 'initech');
    const listed = await run('organization', 'list', '--all', '--search', 'inite', '--json');
    expect(listed.json().organizations).toMatchObject([{ name: 'Initech', slug: 'initech' }]);
    await run('group', 'create', 'Sales', '--organization', 'initech');
    expect((await run('group', 'list', '--organization', 'initech')).output).toContain('Sales');
    expect((await run('organization', 'delete', 'initech', '--yes')).output).toContain('Initech is deleted.');
    expect((await run('organization', 'list', '--all', '--search', 'inite')).output).toContain('None.');
    const gone = await runCommand(['group', 'list', '--organization', 'initech'], { home, env });
    expect([gone.exitCode === 0, gone.errors]).toEqual([
      false,
      expect.stringContaining('no organization with this slug'),
    ]);
  });

  test('are hidden from a machine identity of one organization, which finds its own by slug', async () => {
    const machine = await addMachine(server, acme, { organizationId: acme.organizationId, role: 'admin' });
    env['SALLYPORT_TOKEN'] = (await logIn(server, machine)).body.accessToken;
    expect((await run('group', 'list', '--organization', acme.slug)).exitCode).toBe(0);
    for (const words of [
      ['list', '--all'],
      ['delete', acme.slug, '--yes'],
    ]) {
      const refused = await runCommand(['organization', ...words], { home, env });
      expect([refused.exitCode === 0, refused.errors]).toEqual([false, expect.stringContaining('permission_denied')]);
    }
  });
});

describe('sso assumptions', () => {
  test('shows what follows from the provider, and where its console has each setting', async () => {
    const endpoints = ['authorization-endpoint', 'token-endpoint', 'jwks-uri', 'userinfo-endpoint'].flatMap((name) => [
      `--${name}`,
      'https://127.0.0.1:1/anywhere',
    ]);
    const issuer = 'https://login.microsoftonline.com/0f1e2d3c-0000-4000-8000-000000000000/v2.0';
    const client = ['--client-id', 'sallyport', '--client-secret', 'a client secret'];
    await run('sso', 'set', '--issuer', issuer, ...endpoints, ...client);
    const { output } = await run('sso', 'assumptions');
    expect(output).toMatch(/^provider +Microsoft Entra ID$/mu);
    expect(output).toContain('Certificates & secrets');
    expect(output).toMatch(/requiredClaims \{"tid"/u);
    expect((await run('sso', 'assumptions', '--json')).json().profile.id).toBe('entra-id');
    await run('sso', 'delete', '--yes');
  });
});

describe('invitations', () => {
  test('are created with a link, listed, renewed and revoked', async () => {
    const invited = await run('member', 'invite', 'zoe@partner.example', '--role', 'admin', '--expires-in-days', '2');
    expect(invited.output).toMatch(/^http:\/\/localhost:\d+\/invitation\?token=[\w-]{43}$/mu);
    expect(invited.errors).toContain('Warning: The organization has no active OIDC configuration');
    expect((await run('invitation', 'list')).output).toMatch(/WARNINGS\n.*sign_in_unavailable$/mu);
    const [invitation] = (await run('invitation', 'list', '--status', 'invited', '--json')).json().invitations;
    expect(invitation).toMatchObject({ email: 'zoe@partner.example', role: 'admin' });
    expect((await run('invitation', 'renew', invitation.id)).output).not.toContain(invited.output.split('\n')[1]);
    expectFailure(await run('invitation', 'revoke', invitation.id), 2, '--yes');
    expect((await run('invitation', 'revoke', invitation.id, '--yes')).output).toContain('is revoked');
    expectFailure(await run('invitation', 'revoke', invitation.id, '--yes'), 1, 'invitation_closed');
    expectFailure(await run('member', 'invite', 'nobody'), 1, 'email');
  });
});

describe('sso set', () => {
  const secret = 'a client secret that stays secret';

  test('stores the connection, shows a planned change, applies it with the entity tag, and deletes it', async () => {
    await writeFile(join(home, 'secret.txt'), `${secret}\n`, { mode: 0o600 });
    const url = ['--discovery-url', 'https://127.0.0.1:1/realms/acme'];
    const words = ['sso', 'set', ...url, '--client-id', 'one', '--client-secret-file', 'secret.txt'];
    const created = await runProgram(words, { home, env });
    expect(created.output).toContain('  clientId: "one"\n');
    expect(created.output).toContain('  clientSecret: replaced\n');
    expect(created.output).toContain('Stored.');
    const dry = await run('sso', 'set', '--client-id', 'two', '--active', 'off', '--dry-run');
    expect(dry.output).toBe('Changes:\n  clientId: "one" → "two"\n  isActive: true → false\nNothing was changed.\n');
    expect((await run('sso', 'set', '--client-id', 'two', '--algorithm', 'ES256')).output).toContain('Changed.');
    expect((await run('sso', 'get', '--json')).json()).toMatchObject({
      clientId: 'two',
      isActive: true,
      jwtSignatureAlgorithm: 'ES256',
    });
    expect((await run('sso', 'set', '--client-id', 'two')).output).toContain('Already up to date');
    const ended = await run('sso', 'set', '--end-sessions', '--dry-run');
    expect(ended.output).toBe('Changes:\n  sessions: ended\nNothing was changed.\n');
    expect((await run('sso', 'set', '--client-id', 'two', '--end-sessions')).output).toContain(
      '  sessions: ended\nChanged.',
    );
    const piped = await run('sso', 'get', '--json');
    const back = await runProgram(['sso', 'set', '--file', '-'], { home, env, input: piped.output });
    expect([back.exitCode, back.output]).toStrictEqual([0, 'Already up to date.\n']);
    const unasked = await runProgram(['sso', 'delete'], { home, env });
    expectFailure(unasked, 2, '--yes');
    expect((await run('sso', 'delete', '--yes')).exitCode).toBe(0);
    expectFailure(await run('sso', 'get'), 1, 'oidc_config_not_found');
    const all = [created, dry, piped, back];
    expect(all.map(({ output, errors }) => output + errors).join('')).not.toContain(secret);
  });

  test('sets and shows options of the connection, and lists and rotates client keys', async () => {
    const url = ['--discovery-url', 'https://127.0.0.1:1/realms/acme', '--client-id', 'one'];
    const keyed = ['--auth-method', 'private_key_jwt', '--scopes', 'groups, roles', '--groups-source', 'userinfo'];
    expect((await run('sso', 'set', ...url, ...keyed)).output).toContain('additionalScopes: ["groups","roles"]');
    const read = async () => (await run('sso', 'options', '--json')).json();
    expect(await read()).toMatchObject({
      options: { tokenEndpointAuthMethod: 'private_key_jwt', additionalScopes: ['groups', 'roles'] },
      warnings: [],
    });
    expect((await run('sso', 'options')).output).toMatch(/groupsSource +userinfo/);
    expect((await run('sso', 'set', ...keyed)).output).toContain('Already up to date');
    const taken = await run('sso', 'set', '--scopes', '', '--groups-source', 'automatic');
    expect(taken.output).toContain('additionalScopes: ["groups","roles"] → []');
    expect(await read()).toMatchObject({ options: { additionalScopes: [], groupsSource: 'automatic' } });
    expect((await run('sso', 'client-keys')).output).toMatch(/jwksUrl +http.*\/jwks\.json/);
    expect((await run('sso', 'rotate-client-key', '--json')).json()).toMatchObject({
      keys: [{ state: 'current' }, { state: 'next' }],
    });
    expect((await run('sso', 'delete', '--yes')).exitCode).toBe(0);
  });

  test('accepts a secret as an argument with a warning, and never prints it', async () => {
    const end = await run('sso', 'set', '--issuer', 'x', '--client-secret', secret);
    expect(end.errors).toContain('Warning: other programs can see a secret on the command line.');
    expectFailure(end, 1, 'validation_failed');
    expect(end.errors + end.output).not.toContain(secret);
    for (const args of [
      [`--client-secert=${secret}`],
      ['--active', secret],
      ['--client-secret', 'x', secret],
      ['--client-secret'],
    ]) {
      const wrong = await run('sso', 'set', ...args);
      expectFailure(wrong, 2, 'sallyport sso set --help');
      expect(wrong.errors + wrong.output).not.toContain(secret);
    }
  });

  test('rejects a file with an unknown field, and a file that is not JSON', async () => {
    const misspelt = { home, env, input: JSON.stringify({ cleintId: secret }) };
    const unknown = await runCommand(['sso', 'set', '--file', '-'], misspelt);
    expectFailure(unknown, 2, 'cleintId');
    const broken = await runCommand(['sso', 'set', '--file', '-'], { home, env, input: `{"clientSecret": ${secret}` });
    expectFailure(broken, 2, 'is not a JSON object');
    expect(unknown.errors + broken.errors).not.toContain(secret);
  });
});

describe('groups, members and machine identities', () => {
  test('a group is created, changed, filled and deleted', async () => {
    const { email } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'member' });
    expect((await run('group', 'create', 'Engineers', '--role', 'member')).output).toMatch(/^slug +engineers$/mu);
    expect((await run('group', 'list')).output).toMatch(/engineers +Engineers +member$/mu);
    expect((await run('group', 'add', 'engineers', email)).exitCode).toBe(0);
    const members = await run('group', 'members', 'engineers', '--search', email, '--json');
    expect(members.json().users).toMatchObject([{ username: email, isPartOfGroup: true }]);
    expect((await run('group', 'remove', 'engineers', email)).exitCode).toBe(0);
    expect((await run('group', 'update', 'engineers', '--name', 'Builders')).output).toContain('Builders');
    expect((await run('group', 'delete', 'engineers', '--yes')).exitCode).toBe(0);
    expectFailure(await run('group', 'get', 'engineers'), 1, 'group was not found');
  });

  test('a member is found by address, changed and removed', async () => {
    const { email } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'member' });
    expect((await run('member', 'update', email, '--role', 'no-access')).exitCode).toBe(0);
    expect((await run('member', 'list', '--search', email)).output).toMatch(/no-access +yes/u);
    expect((await run('member', 'remove', email, '--yes')).exitCode).toBe(0);
    expectFailure(await run('member', 'update', email, '--active', 'off'), 1, 'member was not found');
  });

  test('members are allowed to relink by name or by issuer, listed, and the permission is revoked', async () => {
    const { email, userId } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'member' });
    expectFailure(await run('relink', 'allow', email), 1, 'identity_not_linked');
    await server.database.transaction(async (tx) => {
      const linked = { id: userId, organization_id: acme.organizationId, user_id: userId, identity_key: userId };
      const identity = { ...linked, issuer: 'https://old.example', subject: '1', created_at: 0, last_login_at: 0 };
      await tx.insertInto('user_identities').values(identity).execute();
    });
    expectFailure(await run('relink', 'allow', email), 1, 'relink_needs_domain');
    const all = await run('relink', 'allow', '--issuer', 'https://old.example', '--yes');
    expect(all.output).toMatch(
      /^The members with one of 1 identities of https:\/\/old\.example may relink until 2.*except admins/u,
    );
    expectFailure(await run('relink', 'allow', '--issuer', 'https://old.example'), 2, '--yes');
    expectFailure(await run('relink', 'allow', email, '--issuer', 'https://old.example'), 2, 'a member or --issuer');
    expectFailure(await run('relink', 'allow', '--issuer', 'https://old.example/', '--yes'), 1, 'issuer_not_linked');
    await server.database.transaction(async (tx) => {
      const proof = { record_name: 'x', record_value: 'y', code_expires_at: null, verified_at: 0, grace_ends_at: null };
      const looks = {
        last_seen_at: 0,
        last_checked_at: 0,
        next_check_at: null,
        revision: 0,
        created_at: 0,
        updated_at: 0,
      };
      const domain = {
        id: userId,
        organization_id: acme.organizationId,
        domain: 'acme.example',
        status: 'verified',
      } as const;
      await tx
        .insertInto('email_domains')
        .values({ ...domain, ...proof, ...looks })
        .execute();
    });
    expect((await run('relink', 'allow', email, '--days', '2')).output).toContain(`${email} may relink until 2`);
    const listed = (await run('relink', 'list')).output;
    expect(listed).toMatch(/^1 members, no admins +https:\/\/old\.example/mu);
    expect(listed).toContain(email);
    expect((await run('relink', 'withdraw', '--yes')).output).toBe('2 permissions are withdrawn.\n');
    expect((await run('relink', 'list')).output).toBe('Nobody.\n');
  });

  test('a machine identity is created with a client secret that logs it in', async () => {
    const made = await run('identity', 'create', 'deployer', '--role', 'admin', '--json');
    const { identity, identityUniversalAuth } = made.json();
    const secret = await run('identity', 'create-secret', identity.id, '--description', 'for a test');
    expect(secret.errors).toContain('shown only once');
    const machine = {
      SALLYPORT_URL: server.url,
      SALLYPORT_CLIENT_ID: identityUniversalAuth.clientId,
      SALLYPORT_CLIENT_SECRET: secret.output.trim(),
    };
    const who = await runCommand(['whoami'], { home, env: machine });
    expect(who.output).toContain('machine identity of  Acme');
    const [known] = (await run('identity', 'secrets', identity.id, '--json')).json().clientSecretData;
    expect((await run('identity', 'revoke-secret', identity.id, known.id, '--yes')).exitCode).toBe(0);
    expectFailure(await runCommand(['whoami'], { home, env: machine }), 4, 'credentials_invalid');
    expect((await run('identity', 'delete', identity.id, '--yes')).exitCode).toBe(0);
  });

  test('a name cannot control the terminal', async () => {
    const hostile = { auditLogs: [entryBy('\u001b]0;owned\u0007\u202eevil')] };
    const impostor = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(hostile));
    });
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const address = impostor.address();
    const port = typeof address === 'object' ? address?.port : 0;
    env['SALLYPORT_URL'] = `http://127.0.0.1:${port}`;
    const end = await run('audit', 'list', '--organization', acme.organizationId);
    impostor.close();
    expect(end.exitCode).toBe(0);
    expect(end.output).toContain(String.raw`\u{1b}]0;owned\u{7}\u{202e}evil`);
    expect(end.output).not.toMatch(/[\p{Cf}\u001b]/u);
  });
});

describe('the keys of the server', () => {
  test('are listed and rotated by instance admins, one kind at a time', async () => {
    expect((await run('keys', 'list')).output).toMatch(/^signing +\S+ +current$/mu);
    expect((await run('keys', 'rotate', '--signing')).output).toMatch(/^signing +\S+ +next$/mu);
    expectFailure(await run('keys', 'rotate'), 2, 'one of --signing, --data and --root');
    expectFailure(await run('keys', 'rotate', '--signing', '--data'), 2, 'one of');
    const { token } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'admin' });
    env['SALLYPORT_TOKEN'] = token;
    expectFailure(await run('keys', 'list'), 1, 'permission_denied');
  });
});

describe('a caller without permission', () => {
  test('sees one line with an error code', async () => {
    const { clientId, clientSecret } = await addMachine(server, acme, {
      organizationId: acme.organizationId,
      role: 'no-access',
    });
    const machine = { SALLYPORT_URL: server.url, SALLYPORT_CLIENT_ID: clientId, SALLYPORT_CLIENT_SECRET: clientSecret };
    expectFailure(await runCommand(['sso', 'get'], { home, env: machine }), 1, 'permission_denied');
    env['SALLYPORT_TOKEN'] = 'not.a.token';
    expectFailure(await runProgram(['group', 'list'], { home, env }), 4, 'Log in: sallyport login');
    expectFailure(await runCommand(['whoami'], { home }), 4, 'sallyport login --url');
    expectFailure(await runCommand(['whoami'], { home, env: { SALLYPORT_URL: server.url } }), 4, 'not logged in');
  });

  test('sees whether no server answers or another program does', async () => {
    env['SALLYPORT_URL'] = 'http://127.0.0.1:1';
    expectFailure(await runProgram(['whoami'], { home, env }), 3, 'http://127.0.0.1:1 does not respond');
    env['SALLYPORT_URL'] = 'http://sso.example.com';
    expectFailure(await run('whoami'), 2, 'must be https');
    const elsewhere = createServer((_request, response) => response.writeHead(302, { location: server.url }).end());
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    env['SALLYPORT_URL'] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    expectFailure(await run('whoami'), 3, 'does not respond');
    elsewhere.close();
  });
});

function entryBy(name: string) {
  return {
    createdAt: '2030-01-01T00:00:00.000Z',
    actor: { type: 'identity', metadata: { name } },
    event: { type: 'group-create', metadata: {} },
    ipAddress: '127.0.0.1',
  };
}

async function run(...args: readonly string[]): Promise<CommandEnd> {
  return runCommand(args, { home, env });
}

/** One line with a hint, an exit code for scripts, and no stack trace. */
function expectFailure({ exitCode, output, errors }: CommandEnd, code: number, text: string): void {
  const [last = ''] = errors.trimEnd().split('\n').slice(-1);
  expect(last).toMatch(/^sallyport: \S/u);
  expect(last).toContain(text);
  expect(errors).not.toMatch(/^\s+at /mu);
  expect([exitCode, output]).toStrictEqual([code, '']);
}
