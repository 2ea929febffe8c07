import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { refreshCookieOf } from '../support/callers.ts';
import { createTestPlace, type TestPlace } from '../support/databases.ts';
import { describeEnginesAtOnce } from '../support/describe-engines.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { openPostgresProxy, type PostgresProxy } from '../support/postgres-proxy.ts';
import { type Answer, call, type CallOptions } from '../support/server.ts';
import {
  bootstrapProcess,
  createTestFolder,
  reachableSettings,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';
import { readEverything } from '../support/stored-rows.ts';

/** Secrets that only their owner may read, and only once. */
const canary = {
  proxy: 'canary-of-the-proxy',
  smtp: 'canary-of-the-mail-server',
  client: 'canary-of-the-client-secret',
};

/** A proxy that rejects every request and records what it received. */
const tellingProxy = () =>
  createHttpServer().on('connect', (request, socket) => {
    const told = Buffer.from((request.headers['proxy-authorization'] ?? '').slice('Basic '.length), 'base64');
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.1 407 ${told.toString()}\r\nproxy-authenticate: ${told.toString()}\r\n\r\n${told.toString()}`);
  });

/** A mail server that rejects every login and records what it received. */
const tellingMail = () =>
  createServer((socket) => {
    socket.on('error', () => undefined).write('220 mail\r\n');
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      const said = text.split(/\s/).map((word) => Buffer.from(word, 'base64').toString().replaceAll('\0', ' '));
      socket.write(
        /^ehlo/i.test(text)
          ? '250-mail\r\n250 AUTH PLAIN LOGIN\r\n'
          : `535 you said ${said.join(' ')} ${text.trim()}\r\n`,
      );
    });
  });

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describeEnginesAtOnce('H267: what is secret', (engine) => {
  let folder: Awaited<ReturnType<typeof createTestFolder>>;
  let place: TestPlace;
  let way: PostgresProxy | undefined;
  let process: ServerProcess;
  let idp: FaultyIdp;
  let url: string;
  let token: string;
  let organizationId: string;
  const helpers = [tellingProxy(), tellingMail()];
  const secrets: Record<string, string> = { ...canary };
  /** Every response except those that return a secret to its owner. */
  const answers: string[] = [];

  beforeAll(async () => {
    folder = await createTestFolder();
    place = await createTestPlace(engine);
    way = engine === 'postgres' ? await openPostgresProxy(place.url) : undefined;
    if (engine === 'postgres') secrets['database'] = new URL(place.url).password;
    idp = await startFaultyIdp({ clientSecret: canary.client });
    const [proxyPort, mailPort] = await Promise.all(helpers.map(listen));
    const settings = await reachableSettings({
      DATABASE_URL: way?.url ?? place.url,
      LOG_LEVEL: 'trace',
      SALLYPORT_OUTBOUND_ALLOW: '127.0.0.0/8',
      SALLYPORT_OUTBOUND_PROXY: `http://user:${canary.proxy}@127.0.0.1:${proxyPort}`,
      SALLYPORT_SMTP_URL: `smtp://user:${canary.smtp}@127.0.0.1:${mailPort}`,
      SALLYPORT_MAIL_FROM: 'sso@sallyport.example',
    });
    process = startServerProcess(folder.path, settings);
    url = await process.ready;
    ({ token, organizationId } = await bootstrapProcess(url));
    secrets['token of the administrator'] = token;
  });
  afterAll(async () => {
    process.signal('SIGKILL');
    await process.ended;
    for (const helper of helpers) helper.close();
    await idp.close();
    await way?.close();
    await place.remove();
    await folder.remove();
  });

  /** A response that must not contain a secret. */
  const ask = async (path: string, options: CallOptions = {}): Promise<Answer> => {
    const answer = await call(url + path, { token, ...options });
    answers.push(`${answer.status} ${answer.text} ${JSON.stringify([...answer.headers])}`);
    return answer;
  };
  /** A response that returns a secret to the caller who requested it. */
  const obtain = async (path: string, options: CallOptions = {}) => {
    const answer = await call(url + path, { token, ...options });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return answer;
  };

  it('is returned once, to the caller who requested it', async () => {
    const at = `/api/v1/organization/${organizationId}`;
    const invited = await obtain(`${at}/invitations`, { json: { email: 'zoe@guests.example' } });
    secrets['invitation'] = new URL(invited.body.link).searchParams.get('token') ?? '';
    const renewed = await obtain(`${at}/invitations/${invited.body.invitation.id}/renew`, { json: {} });
    secrets['renewed invitation'] = new URL(renewed.body.link).searchParams.get('token') ?? '';
    // The first response contained its link; this message is sent by mail.
    const sent = await obtain(`${at}/invitations`, { json: { email: 'yves@guests.example' } });
    secrets['invitation that is sent'] = new URL(sent.body.link).searchParams.get('token') ?? '';
    const hook = await obtain(`${at}/audit-webhook`, { json: { url: `${idp.url}/hook` } });
    secrets['webhook'] = hook.body.secret;
    secrets['rotated webhook'] = (await obtain(`${at}/audit-webhook/rotate-secret`, { method: 'POST' })).body.secret;
    const login = await obtain('/api/v3/auth/login', {
      json: { email: 'admin@acme.example', password: 'correct horse battery' },
    });
    const [sessionId = '', family = '', current = ''] = (refreshCookieOf(login)?.slice('jid='.length) ?? '').split('.');
    Object.assign(secrets, { password: 'correct horse battery', family, 'refresh token': current });
    expect(sessionId).not.toBe('');
    const chosen = await obtain('/api/v3/auth/select-organization', {
      token: login.body.accessToken,
      json: { organizationId },
    });
    secrets['access token'] = chosen.body.token;
    const made = await obtain(`${at}/break-glass-codes`, { method: 'POST', token: chosen.body.token });
    for (const [index, code] of made.body.codes.entries()) secrets[`code ${index}`] = code;
    const machine = await obtain('/api/v1/identities', { json: { name: 'robot', organizationId } });
    const auth = `/api/v1/auth/universal-auth/identities/${machine.body.identity.id}`;
    await obtain(auth, { json: {} });
    secrets['machine'] = (await obtain(`${auth}/client-secrets`, { json: {} })).body.clientSecret;
    expect(Object.entries(secrets).filter(([, secret]) => secret.length < 8)).toEqual([]);
  });

  it('is in no response, whatever fails', async () => {
    const at = `/api/v1/organization/${organizationId}`;
    const { clientId, discoveryUrl: discoveryURL } = idp;
    const config = { organizationId, clientId, isActive: true, configurationType: 'discoveryURL', discoveryURL };
    await ask('/api/v1/sso/oidc/config', { json: { ...config, clientSecret: canary.client } });
    await ask(`/api/v1/sso/oidc/config?organizationId=${organizationId}`);
    await ask('/api/v1/sso/oidc/config', {
      json: { ...config, clientSecret: canary.client, discoveryURL: 'https://[' },
    });
    // Through the proxy, which rejects and echoes requests.
    await ask('/api/v1/sso/oidc/login?orgSlug=acme');
    await Promise.all([
      ask('/api/v1/sso/oidc/config/test', { json: { organizationId } }),
      ask(`${at}/audit-webhook/test`, { method: 'POST' }),
    ]);
    await ask('/api/v1/sso/oidc/config', {
      method: 'PATCH',
      json: { organizationId, tokenEndpointAuthMethod: 'private_key_jwt' },
    });
    await ask(`/api/v1/sso/oidc/config/client-keys?organizationId=${organizationId}`);
    await ask('/api/v1/sso/oidc/config/client-keys', { json: { organizationId, activeAfterSeconds: 0 } });
    await ask('/api/v1/sso/oidc/login?orgSlug=acme');
    // Secrets in the wrong places, wrong by one character, and duplicated.
    const wrong = (name: string) => `${secrets[name] ?? ''}x`;
    const cookie = `jid=x.${wrong('family')}.${wrong('refresh token')}`;
    await ask('/api/v1/auth/token', { method: 'POST', headers: { cookie } });
    await ask(`/invitation?token=${wrong('invitation')}`);
    await ask(`/invitation?token=${secrets['invitation']}`);
    await ask('/api/v1/auth/break-glass', {
      json: { organizationSlug: 'acme', email: 'admin@acme.example', code: wrong('code 0') },
    });
    await ask('/api/v1/auth/universal-auth/login', { json: { clientId: 'x', clientSecret: secrets['machine'] } });
    await ask('/api/v3/auth/login', { json: { email: 'admin@acme.example', password: wrong('password') } });
    await ask('/api/v1/groups', { json: `{"name":"${secrets['webhook']}",}` });
    await ask('/api/v1/groups', { token: wrong('access token'), json: { name: 'x' } });
    await ask(`${at}/audit-webhook`);
    await ask(`${at}/invitations`);
    await ask(`/api/v1/sso/oidc/login-attempts?organizationId=${organizationId}`);
    await ask(`/api/v1/organization/audit-logs/export?organizationId=${organizationId}`);
    await ask('/api/v1/organization/audit-logs?scope=server');
    await ask('/api/v1/admin/keys');
    expect(held(answers.join('\n'))).toEqual([]);
    expect(answers.length).toBeGreaterThan(20);
  }, 60_000);

  it("is not in the server's output, even when the database fails", async () => {
    await process.printed('a message was not sent');
    await way?.close();
    if (way !== undefined) expect((await ask('/api/ready')).status).toBe(503);
    await ask(`/api/v1/organization/${organizationId}`);
    process.signal('SIGTERM');
    const { output, errors } = await process.ended;
    expect(output).toContain('a message was not sent');
    expect(output).toContain('proxy_refused');
    expect(held(output + errors)).toEqual([]);
    expect(held(answers.join('\n'))).toEqual([]);
  }, 60_000);

  it('is not in the database', async () => {
    const database = await openDatabase({ url: place.url, logger: silentLogger });
    const rows = JSON.stringify([...(await readEverything(database))]);
    await database.close();
    const kept = ['zoe@guests.example', 'audit-webhook-test', 'idp_unreachable', '$argon2id$v=19$m=65536,t=3,p=4$'];
    for (const known of kept) expect(rows).toContain(known);
    expect(held(rows)).toEqual([]);
  });

  /** The names of the secrets in a text, in any encoding that it may have on the way. */
  function held(text: string): string[] {
    return Object.entries(secrets).flatMap(([name, secret]) => {
      const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
      return spellings.some((spelling) => text.includes(spelling)) ? [name] : [];
    });
  }
});
