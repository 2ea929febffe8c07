import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemRandom } from '../../src/kernel/random.ts';
import { sealedColumns } from '../../src/keys/sealed-columns.ts';
import { dataKeyLeadSeconds } from '../../src/storage/keys/limits.ts';
import { openKeyring } from '../../src/storage/keys/keyring.ts';
import { resealAll } from '../../src/storage/keys/reseal.ts';
import { signingKeyLeadSeconds } from '../../src/signing-keys/signing-key-limits.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import {
  beginSignIn,
  hasSession,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type SceneOrganization,
  setCookieNames,
} from '../support/login-scene.ts';
import { type Answer, startTestServer, type TestServer } from '../support/server.ts';

const newKey = { id: 'nextroot', bytes: randomBytes(32) };
let scene: LoginScene;
let organization: SceneOrganization;
/** The node that starts everything, with the old root key, and another node that already has the new key. */
let one: TestServer;
let other: TestServer;

beforeAll(async () => {
  scene = await openLoginScene('postgres');
  one = scene.server;
  organization = await scene.addOrganization();
  other = await startTestServer({
    engine: 'postgres',
    clock: scene.clock,
    beside: one,
    rootKey: newKey,
    otherRootKeys: [one.rootKey],
  });
});
afterAll(async () => {
  await other.close();
  await scene.close();
});

/** The same path on another node, as a load balancer would do. */
function at(node: TestServer, address: URL | string): URL {
  const url = new URL(address);
  url.port = new URL(node.url).port;
  return url;
}

async function signInAcross(finishAt: TestServer): Promise<{ browser: BrowserClient; answer: PageAnswer }> {
  const browser = openBrowser();
  const callback = await beginSignIn(scene, { organization, browser });
  return { browser, answer: await browser.visit(at(finishAt, callback)) };
}

const refresh = (node: TestServer, browser: BrowserClient) =>
  browser.visit(`${node.url}/api/v1/auth/token`, { method: 'POST' });

const checkAuth = (node: TestServer, token: string): Promise<Answer> =>
  node.call('/api/v1/auth/checkAuth', { method: 'POST', token });

describe('two nodes on one PostgreSQL', () => {
  it('finish what the other started, and refresh on either', async () => {
    const { browser, answer } = await signInAcross(other);
    expect([answer.status, hasSession(browser)]).toEqual([302, true]);
    for (const node of [one, other, one]) {
      const { status, text } = await refresh(node, browser);
      expect(status).toBe(200);
      for (const asked of [one, other]) expect((await checkAuth(asked, JSON.parse(text).token)).status).toBe(200);
    }
  });

  it('reject an attempt that the other has finished', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const stolen = new Map(browser.cookies('localhost'));
    expect((await browser.visit(at(other, callback))).status).toBe(302);
    for (const node of [one, other]) {
      const thief = openBrowser();
      for (const [name, value] of stolen) thief.cookies('localhost').set(name, value);
      const replay = await thief.visit(at(node, callback));
      expect(new URL(replay.location).pathname).toBe('/login/error');
      expect(setCookieNames(replay)).not.toContain('jid');
    }
  });

  it('reject what ended on the other with the next request', async () => {
    const { browser } = await signInAcross(other);
    const { token } = JSON.parse((await refresh(one, browser)).text);
    const stale = new Map(browser.cookies('localhost'));
    expect((await browser.visit(`${other.url}/api/v1/auth/logout`, { method: 'POST' })).status).toBe(200);
    expect((await checkAuth(one, token)).status).toBe(403);
    for (const [name, value] of stale) browser.cookies('localhost').set(name, value);
    expect((await refresh(one, browser)).status).toBe(401);
  });

  it('H257: follow a connection change on the other with the next request', async () => {
    const start = (node: TestServer) =>
      openBrowser()
        .visit(at(node, loginUrl(scene, { orgSlug: organization.slug })))
        .then(({ location }) => location);
    const { token } = scene.boot;
    const change = async (node: TestServer, isActive: boolean) => {
      const json = { organizationId: organization.id, isActive };
      expect((await node.call('/api/v1/sso/oidc/config', { method: 'PATCH', token, json })).status).toBe(200);
    };
    for (const node of [one, other]) expect(await start(node)).toContain(organization.idp.url);
    await change(one, false);
    expect(await start(other)).toContain('/login/error?code=sign_in_unavailable');
    await change(other, true);
    expect(await start(one)).toContain(organization.idp.url);
  });

  it('sign users in while root, data and signing keys rotate, with old settings on one node and new ones on the other', async () => {
    const { token } = scene.boot;
    const rotate = (node: TestServer, kind: string) =>
      node.call('/api/v1/admin/keys/rotate', { token, json: { kind } });
    const wave = async () => {
      const finished = await Promise.all([one, other, one, other].map(signInAcross));
      expect(finished.map(({ browser }) => hasSession(browser))).toEqual([true, true, true, true]);
      return finished.map(({ browser }) => browser);
    };
    const before = await wave();

    // The node with the old settings could not give the new key to all nodes, so it creates none.
    expect((await rotate(one, 'data')).body.code).toBe('key_rotation_not_ready');
    for (const kind of ['data', 'signing']) expect((await rotate(other, kind)).status).toBe(200);
    // What each node does twice a minute.
    expect((await rotate(one, 'data')).status).toBe(200);
    const underWay = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser: underWay });
    scene.clock.advance(dataKeyLeadSeconds * 1000);
    expect((await underWay.visit(at(other, callback))).status).toBe(302);
    expect(hasSession(underWay)).toBe(true);

    const { database } = other;
    const keyring = await openKeyring({ database, rootKey: newKey, clock: scene.clock, random: systemRandom });
    const [progress] = await Promise.all([resealAll({ database, keyring, columns: sealedColumns }), wave(), wave()]);
    expect(progress).toEqual({ resealed: 4, unreadable: 0 });
    scene.clock.advance(signingKeyLeadSeconds * 1000);
    for (const browser of [...before, ...(await wave())]) {
      const [atOne, atOther] = [await refresh(one, browser), await refresh(other, browser)];
      expect([atOne.status, atOther.status]).toEqual([200, 200]);
      expect((await checkAuth(one, JSON.parse(atOther.text).token)).status).toBe(200);
    }
    const { body } = await other.call('/api/v1/admin/keys', { token });
    expect(body.dataKeys.map((key: { sealedValues: number }) => key.sealedValues)).toEqual([0, 4]);
    expect(body.signingKeys.map((key: { state: string }) => key.state)).toEqual(['old', 'current']);

    // Every node has the new settings: the root-key rotation is finished, without an effect on users.
    expect((await rotate(other, 'root')).status).toBe(200);
    await wave();
  });
});
