import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Logger } from '../../src/kernel/logger.ts';
import { openBrowser } from '../support/browser-client.ts';
import {
  beginSignIn,
  expectRefusal,
  expectTurnedAway,
  hasSession,
  type LoginScene,
  loginUrl,
  openLoginScene,
  readToken,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';
import { expectSignedIn } from './hostile-scene.ts';

let scene: LoginScene;
let organization: SceneOrganization;
const lines: string[] = [];

beforeAll(async () => {
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  scene = await openLoginScene('sqlite', {}, { logger });
  organization = await scene.addOrganization();
});
afterAll(() => scene.close());

const callbackUrl = () => new URL(`${scene.server.url}/api/v1/sso/oidc/callback`);

/** The target of a sign-in without a `returnTo`. */
const landing = () => `${scene.server.url}/login/select-organization`;

describe('an authorization response', () => {
  it.each([
    ['no state', undefined],
    ['an empty state', ''],
    ['a state that was never issued', `000000000-${'a'.repeat(43)}`],
    ['a state with a line break', `000000000-${'a'.repeat(43)}\n`],
    ['a state of 10,000 characters', 'a'.repeat(10_000)],
  ])('H101: rejects a response with %s and keeps the sign-in attempt', async (_what, state) => {
    const browser = openBrowser();
    const good = await beginSignIn(scene, { organization, browser });
    const callback = new URL(good);
    callback.searchParams.delete('state');
    if (state !== undefined) callback.searchParams.set('state', state);
    const before = organization.idp.count('token');
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
    expect(organization.idp.count('token')).toBe(before);
    expect((await browser.visit(good)).location).toBe(landing());
  });

  it('H103: rejects a state that the user edited; state and cookie reveal nothing', async () => {
    const browser = openBrowser();
    const query = { callbackPort: '45454', email: '' };
    const callback = await beginSignIn(scene, { organization, browser, query });
    const state = callback.searchParams.get('state') ?? '';
    const [cookie = ''] = [...browser.cookies('localhost').values()];
    for (const text of [state, Buffer.from(state, 'base64url').toString(), cookie, decoded(cookie)]) {
      for (const secret of ['45454', organization.id, organization.slug]) expect(text).not.toContain(secret);
    }
    // The cookie's name contains the first characters of the state. Only a change at the end still selects the cookie.
    callback.searchParams.set('state', `${state.slice(0, -3)}${state.endsWith('AAA') ? 'BBB' : 'AAA'}`);
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
    expect(hasSession(browser)).toBe(false);
  });

  it('H106: sends the code verifier even if the challenge was removed, so that the provider rejects the code', async () => {
    const browser = openBrowser();
    const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
    const stripped = new URL(start.location);
    for (const name of ['code_challenge', 'code_challenge_method']) stripped.searchParams.delete(name);
    const { location } = await browser.visit(stripped);
    await expectRefusal(scene, 'idp_code_refused', () => browser.visit(location));
    const last = organization.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    expect(last?.body.get('code_verifier')).toMatch(/^[\w-]{43,128}$/);
  });

  it.each([true, false])(
    "H107: rejects a response from another tenant's provider (its iss parameter: %j)",
    async (names) => {
      const browser = openBrowser();
      const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
      const { idp } = await scene.addOrganization();
      const misled = new URL(idp.endpoints.authorization);
      misled.search = new URL(start.location).search;
      misled.searchParams.set('client_id', idp.clientId);
      const callback = new URL((await browser.visit(misled)).location);
      if (!names) callback.searchParams.set('iss', organization.idp.issuer);
      const [before, own] = [idp.count('token'), organization.idp.count('token')];
      await expectRefusal(scene, names ? 'idp_issuer_mismatch' : 'idp_code_refused', () => browser.visit(callback));
      // The sign-in attempt decides which token endpoint gets the code, never the provider that responded.
      expect([idp.count('token'), organization.idp.count('token')]).toEqual([before, names ? own : own + 1]);
    },
  );

  it.each(['access_denied', 'login_required', 'made_up', '<script>alert(1)</script>', 'x'.repeat(10_000)])(
    'H110: an error response ends the attempt and its text is not shown (%#)',
    async (error) => {
      const browser = openBrowser();
      const good = await beginSignIn(scene, { organization, browser });
      const callback = new URL(good);
      callback.searchParams.delete('code');
      callback.searchParams.set('error', error);
      callback.searchParams.set('error_description', `<b>marked</b>\r\nset-cookie: a=b ${'x'.repeat(5000)}`);
      let location = '';
      const code = error === 'access_denied' ? 'idp_denied' : error.length > 1000 ? 'callback_malformed' : 'idp_error';
      await expectRefusal(scene, code, async () => {
        const answer = await browser.visit(callback);
        ({ location } = answer);
        return answer;
      });
      const page = await browser.visit(location);
      expect(page.text).not.toMatch(/marked|made_up|alert\(/);
      expect(browser.cookies('localhost').has('a')).toBe(false);
      await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(good));
    },
  );

  it('H111: an error response without a state ends nothing', async () => {
    const browser = openBrowser();
    const good = await beginSignIn(scene, { organization, browser });
    const callback = callbackUrl();
    callback.searchParams.set('error', 'access_denied');
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
    expect((await browser.visit(good)).location).toBe(landing());
  });

  it('H112: rejects a signed authorization response that the server did not request', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('response', 'a.b.c');
    await expectRefusal(scene, 'callback_malformed', () => browser.visit(callback));
  });

  it('H112: treats a response in the URL fragment as a response without a state', async () => {
    const browser = openBrowser();
    const good = await beginSignIn(scene, { organization, browser });
    const callback = callbackUrl();
    callback.hash = good.searchParams.toString();
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
  });

  it('H113: rejects a posted response and keeps the sign-in attempt', async () => {
    const browser = openBrowser();
    const good = await beginSignIn(scene, { organization, browser });
    const before = await readEverything(scene.server.database);
    const headers = { origin: organization.idp.url, 'sec-fetch-site': 'cross-site' };
    const form = Object.fromEntries(good.searchParams);
    const { status } = await browser.visit(callbackUrl(), { form, headers });
    expect(status).toBeGreaterThanOrEqual(400);
    await expectUntouched(scene.server.database, before);
    expect(hasSession(browser)).toBe(false);
    expect((await browser.visit(good)).location).toBe(landing());
  });

  it('H128: rejects a response in another browser, then accepts it in the browser that started the sign-in', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    for (let count = 0; count < 3; count += 1) {
      await openBrowser().visit(loginUrl(scene, { orgSlug: organization.slug }));
      await expectTurnedAway(scene, 'attempt_missing', () => openBrowser().visit(callback));
    }
    expect((await browser.visit(callback)).location).toBe(landing());
  });

  it('H132: an unsolicited response starts no session, whether by GET or POST', async () => {
    const { answer } = await signIn(scene, { organization });
    expect(answer.location).toBe(landing());
    const before = await readEverything(scene.server.database);
    const browser = openBrowser();
    const form = { id_token: 'a.b.c', state: 'x', iss: organization.idp.issuer };
    const { status } = await browser.visit(callbackUrl(), { form });
    expect(status).toBeGreaterThanOrEqual(400);
    await expectUntouched(scene.server.database, before);
    const callback = callbackUrl();
    callback.search = new URLSearchParams({ ...form, code: 'a-code' }).toString();
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
    expect(hasSession(browser)).toBe(false);
  });
});

describe('cookies planted in a browser', () => {
  it('H115: ignores a session cookie that is sent twice', async () => {
    const { browser } = await signIn(scene, { organization });
    const own = browser.cookies('localhost').get('jid') ?? '';
    const url = `${scene.server.url}/api/v1/auth/token`;
    const cookie = `jid=${own}; jid=planted`;
    expect((await openBrowser().visit(url, { method: 'POST', headers: { cookie } })).status).toBe(401);
    expect((await readToken(scene, browser)).status).toBe(200);
  });

  it('H125: the callback redirects at once, sends no referrer and leaves no code in the URL', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const code = callback.searchParams.get('code') ?? 'none';
    const { status, location, headers, text } = await browser.visit(callback);
    expect([status, location, text]).toEqual([302, landing(), '']);
    expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['no-referrer', 'no-store']);
    const page = await browser.visit(location);
    expect(page.text).not.toContain(code);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('H126: no log line contains a code, whether the sign-in succeeds or fails', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await browser.visit(callback);
    await browser.visit(callback);
    await openBrowser().visit(callback);
    expect(lines.filter((line) => line.includes('/api/v1/sso/oidc/callback')).length).toBeGreaterThanOrEqual(3);
    for (const name of ['code', 'state']) {
      const value = callback.searchParams.get(name) ?? '';
      expect(value.length).toBeGreaterThan(20);
      expect(lines.filter((line) => line.includes(value))).toEqual([]);
    }
    await expectSignedIn(scene, await scene.bystander());
  });
});

function decoded(text: string): string {
  return text
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString())
    .join(' ');
}
