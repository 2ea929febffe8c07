import { beforeAll, describe, expect, it } from 'vitest';

import { attemptLifetimeSeconds } from '../../src/contract/limits.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  beginSignIn,
  countRows,
  expectRefusal,
  hasSession,
  loginUrl,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

const hrefOf = ({ text }: PageAnswer) =>
  /<a class="button" href="([^"]+)">Try again/u.exec(text)?.[1]?.replaceAll('&amp;', '&');

/** The callback as the provider sends it after an abandoned sign-in. */
function expired(callback: URL, description = 'authentication_expired'): URL {
  const url = new URL(callback);
  url.searchParams.delete('code');
  url.searchParams.set('error', 'temporarily_unavailable');
  url.searchParams.set('error_description', description);
  return url;
}

describe.each(engines)('an interrupted sign-in (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_RETURN_TO_ALLOW: 'https://app.acme.example' });
  beforeAll(async () => {
    organization = await scene.addOrganization();
  });

  const query = { returnTo: '/x' };
  const begin = (browser: BrowserClient) => beginSignIn(scene, { organization, browser, query });
  const startAgain = () => `/api/v1/sso/oidc/login?orgSlug=${organization.slug}&returnTo=%2Fx`;

  it('H357: restarts once after a timeout at the provider, and then reaches its target', async () => {
    const browser = openBrowser();
    const callback = await begin(browser);
    const again = await browser.visit(expired(callback));
    const request = new URL(again.location);
    expect([again.status, request.origin]).toEqual([302, new URL(organization.idp.url).origin]);
    expect(request.searchParams.get('state')).not.toBe(callback.searchParams.get('state'));
    expect(browser.cookies('localhost').size).toBe(1);
    const second = new URL((await browser.visit(again.location)).location);
    const end = await browser.visit(second);
    expect([end.location, hasSession(browser)]).toEqual([`${scene.server.url}/x`, true]);
  });

  it('H357: fails after a second timeout or another error', async () => {
    const browser = openBrowser();
    const again = await browser.visit(expired(await begin(browser)));
    const second = new URL((await browser.visit(again.location)).location);
    await expectRefusal(scene, 'idp_error', () => browser.visit(expired(second)));
    for (const description of ['', 'maintenance']) {
      const other = openBrowser();
      const callback = await begin(other);
      await expectRefusal(scene, 'idp_error', () => other.visit(expired(callback, description)));
    }
  });

  it('after a refusal, "Try again" leads to the same organization and target', async () => {
    const browser = openBrowser();
    const denied = expired(await begin(browser));
    denied.searchParams.set('error', 'access_denied');
    const page = await browser.visit((await browser.visit(denied)).location);
    expect(hrefOf(page)).toBe(startAgain());
    const end = await browser.visit(`${scene.server.url}${hrefOf(page)}`);
    expect(end.location.startsWith(organization.idp.url)).toBe(true);
  });

  it('"Try again" also works after an attempt that expired or could not start', async () => {
    const browser = openBrowser();
    const callback = await begin(browser);
    scene.clock.advance((attemptLifetimeSeconds + 1) * 1000);
    const late = await browser.visit(callback);
    expect(late.location).toContain('/login/error?code=attempt_missing&');
    expect(hrefOf(await browser.visit(late.location))).toBe(startAgain());
    // The cookie cannot be used again.
    expect(browser.cookies('localhost').size).toBe(0);

    const dead = await scene.addOrganization();
    dead.idp.mutate({ reply: { discovery: (reply) => ({ ...reply, status: 500 }) } });
    const start = await browser.visit(loginUrl(scene, { orgSlug: dead.slug, ...query }));
    expect(hrefOf(await browser.visit(start.location))).toBe(startAgain().replace(organization.slug, dead.slug));
  });

  it('"Try again" keeps the port of a waiting program', async () => {
    const browser = openBrowser();
    const options = { organization, browser, query: { callbackPort: '45454' } };
    const denied = expired(await beginSignIn(scene, options));
    denied.searchParams.set('error', 'access_denied');
    const page = await browser.visit((await browser.visit(denied)).location);
    expect(hrefOf(page)).toBe(`/api/v1/sso/oidc/login?orgSlug=${organization.slug}&callbackPort=45454`);
  });

  it('a repeated callback continues only with the session that it started', async () => {
    const browser = openBrowser();
    const callback = await begin(browser);
    const kept = new Map(browser.cookies('localhost'));
    await browser.visit(callback);
    const before = await countRows(scene);
    expect((await browser.visit(callback)).location).toBe(`${scene.server.url}/x`);
    // A refresh in between changes nothing, and neither does a leftover attempt cookie.
    await browser.visit(`${scene.server.url}/api/v1/auth/token`, { method: 'POST' });
    for (const [name, value] of kept) browser.cookies('localhost').set(name, value);
    expect((await browser.visit(callback)).location).toBe(`${scene.server.url}/x`);
    expect((await countRows(scene)).attempts).toBe(before.attempts);

    const { browser: other } = await signIn(scene, { organization });
    expect((await other.visit(callback)).location).toBe(`${scene.server.url}/login/error?code=attempt_missing`);
    await browser.visit(`${scene.server.url}/api/v1/auth/logout`, { method: 'POST' });
    expect((await browser.visit(callback)).location).toContain('/login/error?code=attempt_missing');
  });

  it.each([
    ['returnTo=https://evil.example/', '/login'],
    ['returnTo=//evil.example', '/login'],
    ['returnTo=javascript:alert(1)', '/login'],
    ['returnTo=https://app.acme.example/a', '/login?returnTo=https%3A%2F%2Fapp.acme.example%2Fa'],
    ['callbackPort=80', '/login'],
    ['callbackPort=45454', '/login?callback_port=45454'],
    ['orgSlug=../../evil', '/login'],
    ['orgSlug=a"onclick="x', '/login'],
    ['orgSlug=a&orgSlug=b', '/login'],
    ['orgSlug=acme', '/api/v1/sso/oidc/login?orgSlug=acme'],
  ])('H358: leads nowhere that a sign-in could not lead to: %s', async (search, href) => {
    const page = await openBrowser().visit(`${scene.server.url}/login/error?code=attempt_missing&${search}`);
    expect(hrefOf(page)).toBe(href);
  });

  it('accepts a target that is a full URL of this site', async () => {
    const returnTo = `${scene.server.url}/app?a=b#c`;
    const { answer } = await signIn(scene, { organization, query: { returnTo } });
    expect(answer.location).toBe(returnTo);
  });
});
