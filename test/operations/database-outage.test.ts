import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { keysReadSeconds } from '../../src/storage/keys/limits.ts';
import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { createFailingDatabase } from '../support/database-outage.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, hasSession, type LoginScene, openLoginScene, readToken, signIn } from '../support/login-scene.ts';

const unavailable = [503, 'storage_unavailable', '5'];
const keysPath = '/.well-known/jwks.json';
const sample = '0190a7c0-0000-7000-8000-000000000000';

describe.each(engines)('a database outage that outlasts the key cache (%s)', (engine) => {
  const failing = createFailingDatabase(engine);
  let scene: LoginScene;
  let browser: BrowserClient;
  const underWay = openBrowser();
  let callback: URL;
  let userToken: string;
  let clientKeysPath: string;
  let published: { readonly own: unknown; readonly client: unknown };

  beforeAll(async () => {
    scene = await openLoginScene(engine, {}, { standBefore: failing.standBefore });
    const organization = await scene.addOrganization({
      idp: { claims: { sub: 'ada', email: 'ada@acme.example', email_verified: true } },
    });
    const keyed = await scene.addOrganization({ config: { tokenEndpointAuthMethod: 'private_key_jwt' } });
    ({ browser } = await signIn(scene, { organization }));
    userToken = (await readToken(scene, browser)).token;
    callback = await beginSignIn(scene, { organization, browser: underWay });
    const { token } = scene.boot;
    const keys = await scene.server.call(`/api/v1/sso/oidc/config/client-keys?organizationId=${keyed.id}`, { token });
    clientKeysPath = new URL(keys.body.jwksUrl).pathname;
    published = {
      own: (await scene.server.call(keysPath)).body,
      client: (await scene.server.call(clientKeysPath)).body,
    };
    await failing.begin();
    scene.clock.advance((2 * keysReadSeconds + 10) * 1000);
  });
  afterAll(async () => {
    await failing.close();
    await scene.close();
  });

  async function answerOf(path: string, options: Parameters<LoginScene['server']['call']>[1] = {}) {
    const { status, body, headers } = await scene.server.call(path, options);
    return [status, body?.code, headers.get('retry-after')];
  }

  it('answers valid tokens of users and machine identities with 503, on every endpoint', async () => {
    const answers = [];
    for (const { method, url, access, operationId } of apiRoutes) {
      if (access === 'public') continue;
      const path = url.replaceAll(/:[A-Za-z]+/gu, sample);
      const json = method === 'GET' || method === 'DELETE' ? undefined : {};
      const token = access === 'user' ? userToken : scene.boot.token;
      answers.push([operationId, ...(await answerOf(path, { method, token, json }))]);
    }
    expect(answers).toEqual(answers.map(([operationId]) => [operationId, ...unavailable]));
    expect(answers.length).toBeGreaterThan(50);
  });

  it('does not call a token valid or invalid if its key cannot be looked up', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    expect(await exportJWK(publicKey)).toMatchObject({ kty: 'OKP' });
    const site = scene.server.url;
    const token = await new SignJWT({ kind: 'user', sid: sample })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: sample })
      .setIssuer(site)
      .setAudience(site)
      .setSubject(sample)
      .setIssuedAt()
      .setExpirationTime('15m')
      .sign(privateKey);
    expect(await answerOf('/api/v1/groups', { token })).toEqual(unavailable);
    expect(await answerOf('/api/v1/groups', { token: 'no.jwt.atall' })).toEqual([403, 'token_invalid', null]);
  });

  it('publishes the cached keys of the server and of its clients', async () => {
    const [own, client] = [await scene.server.call(keysPath), await scene.server.call(clientKeysPath)];
    expect([own.status, client.status]).toEqual([200, 200]);
    expect({ own: own.body, client: client.body }).toEqual(published);
    expect(await answerOf(clientKeysPath.replace(/[^/]+\/jwks/u, `${sample}/jwks`))).toEqual(unavailable);
  });

  it('is live, and not ready', async () => {
    expect(await answerOf('/api/live')).toEqual([200, undefined, null]);
    expect(await answerOf('/api/ready')).toEqual(unavailable);
    expect(await answerOf('/api/status')).toEqual(unavailable);
  });

  it('rejects every other operation: logins, machine tokens, sign-ins and their pages', async () => {
    const login = { email: scene.boot.admin.email, password: scene.boot.admin.password };
    expect(await answerOf('/api/v3/auth/login', { json: login })).toEqual(unavailable);
    const machine = { clientId: sample, clientSecret: 'secret' };
    expect(await answerOf('/api/v1/auth/universal-auth/login', { json: machine })).toEqual(unavailable);
    const renewal = { accessToken: scene.boot.token };
    expect(await answerOf('/api/v1/auth/token/renew', { json: renewal })).toEqual(unavailable);
    const start = '/api/v1/sso/oidc/login?orgSlug=acme';
    expect(await answerOf(start, { headers: { accept: 'application/json' } })).toEqual(unavailable);
    const page = await scene.server.call(start, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.text).toContain('<!doctype html>');
    expect((await underWay.visit(callback)).status).toBe(503);
  });

  it("keeps the browser's session, which works again when the database is back", async () => {
    expect((await readToken(scene, browser)).status).toBe(503);
    expect(hasSession(browser)).toBe(true);
    if (engine === 'sqlite') return;
    failing.end();
    await expect.poll(async () => (await scene.server.call('/api/ready')).status).toBe(200);
    expect((await readToken(scene, browser)).status).toBe(200);
    expect((await scene.server.call('/api/v1/users/me', { token: userToken })).status).not.toBe(403);
  });
});
