import { beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  answerSwitch,
  beginSignIn,
  countRows,
  expectRefusal,
  expectTurnedAway,
  hasSession,
  loginUrl,
  readToken,
  setCookieNames,
  useLoginScene,
} from '../support/login-scene.ts';

describe.each(engines)('a sign-in attempt (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine);
  beforeAll(async () => {
    organization = await scene.addOrganization();
  });

  const attemptCookies = (browser: ReturnType<typeof openBrowser>) =>
    [...browser.cookies('localhost').keys()].filter((name) => name.startsWith('sallyport_attempt_'));

  it('H117: does not disturb an attempt in another tab', async () => {
    const browser = openBrowser();
    const first = await beginSignIn(scene, { organization, browser });
    const second = await beginSignIn(scene, { organization, browser });
    expect((await browser.visit(first)).location).toBe(`${scene.server.url}/login/select-organization`);
    expect((await browser.visit(second)).location).toBe(`${scene.server.url}/login/select-organization`);
    expect(attemptCookies(browser)).toEqual([]);
  });

  it('H117: continues in its own organization while another tab signs in to a second one', async () => {
    const other = await scene.addOrganization();
    const browser = openBrowser();
    const here = await beginSignIn(scene, { organization, browser });
    const there = await beginSignIn(scene, { organization: other, browser });
    await browser.visit(there);
    expect((await readToken(scene, browser)).organizationId).toBe(other.id);
    await browser.visit(here);
    await answerSwitch(scene, browser, 'switch');
    expect((await readToken(scene, browser)).organizationId).toBe(organization.id);
  });

  it('H101, H104: cannot be finished again with the back button', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await browser.visit(callback);
    const before = await countRows(scene);
    // The session comes from this sign-in, so the browser continues to its target.
    const again = await browser.visit(callback);
    expect(again.location).toBe(`${scene.server.url}/login/select-organization`);
    expect([setCookieNames(again), await countRows(scene)]).toEqual([[], before]);
    expect((await readToken(scene, browser)).status).toBe(200);
  });

  it('H101, H104: cannot be finished again with a kept cookie', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const kept = new Map(browser.cookies('localhost'));
    await browser.visit(callback);
    const thief = openBrowser();
    for (const [name, value] of kept) thief.cookies('localhost').set(name, value);
    await expectTurnedAway(scene, 'attempt_finished', () => thief.visit(callback));
  });

  it('cannot be finished again after a refusal', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const kept = new Map(browser.cookies('localhost'));
    const denied = new URL(callback);
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    const attempt = await expectRefusal(scene, 'idp_denied', () => browser.visit(denied));
    for (const [name, value] of kept) browser.cookies('localhost').set(name, value);
    await expectTurnedAway(scene, 'attempt_finished', () => browser.visit(callback));
    expect(attempt.organization_id).toBe(organization.id);
  });

  it('H104: starts one session for fifty concurrent callbacks', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const cookie = [...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');
    const before = await countRows(scene);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => openBrowser().visit(callback, { headers: { cookie } })),
    );
    expect(answers.filter((answer) => setCookieNames(answer).includes('jid'))).toHaveLength(1);
    const refused = answers.filter(({ location }) => location.includes('/login/error?code=attempt_finished'));
    expect(refused).toHaveLength(49);
    const after = await countRows(scene);
    expect(after.accounts['sessions']).toBe((before.accounts['sessions'] ?? 0) + 1);
    expect(after.attempts).toBe(before.attempts + 1);
    expect(
      organization.idp.requests.filter(({ body }) => body.get('code') === callback.searchParams.get('code')),
    ).toHaveLength(1);
  });

  it('H101, H116: is rejected in a browser without its cookie', async () => {
    const callback = await beginSignIn(scene, { organization, browser: openBrowser() });
    await expectTurnedAway(scene, 'attempt_missing', () => openBrowser().visit(callback));
  });

  it("H101, H102: is rejected in another user's browser that has an attempt of its own", async () => {
    const callback = await beginSignIn(scene, { organization, browser: openBrowser() });
    const victim = openBrowser();
    await beginSignIn(scene, { organization, browser: victim });
    await expectTurnedAway(scene, 'attempt_missing', () => victim.visit(callback));
    expect(hasSession(victim)).toBe(false);
  });

  it("H102, H114: is rejected if another attempt's cookie has its name", async () => {
    const callback = await beginSignIn(scene, { organization, browser: openBrowser() });
    const attacker = openBrowser();
    const own = await beginSignIn(scene, { organization, browser: attacker });
    const [name = '', value = ''] = [...attacker.cookies('localhost')][0] ?? [];
    const nameOf = (state: string) => `sallyport_attempt_${state.slice(0, 9)}_${state.slice(10, 22)}`;
    expect(name).toBe(nameOf(own.searchParams.get('state') ?? ''));
    attacker.cookies('localhost').set(nameOf(callback.searchParams.get('state') ?? ''), value);
    await expectTurnedAway(scene, 'attempt_missing', () => attacker.visit(callback));
  });

  it('H103: is rejected if its cookie was changed', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const jar = browser.cookies('localhost');
    for (const [name, value] of jar) jar.set(name, `${value.slice(0, -2)}${value.endsWith('AA') ? 'BB' : 'AA'}`);
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
  });

  it('H115: is rejected if its cookie is sent twice', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const [pair] = [...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`);
    const cookie = `${pair}; ${pair}`;
    await expectTurnedAway(scene, 'attempt_missing', () => openBrowser().visit(callback, { headers: { cookie } }));
  });

  it.each(['code', 'iss', 'error'])('H109: is rejected if the callback has %s twice', async (name) => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.append(name, callback.searchParams.get(name) ?? 'access_denied');
    callback.searchParams.append(name, callback.searchParams.get(name) ?? 'access_denied');
    await expectRefusal(scene, 'callback_malformed', () => browser.visit(callback));
  });

  it('H109: is rejected if the callback has the state twice', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.append('state', callback.searchParams.get('state') ?? '');
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
  });

  it('H112: is rejected if the callback contains an unrequested token', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('id_token', 'a.b.c');
    await expectRefusal(scene, 'callback_malformed', () => browser.visit(callback));
  });

  it('H108: is rejected if the callback names another issuer', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('iss', 'https://idp.evil.example');
    await expectRefusal(scene, 'idp_issuer_mismatch', () => browser.visit(callback));
  });

  it("H105: is rejected if it receives another attempt's code", async () => {
    const stolen = await beginSignIn(scene, { organization, browser: openBrowser() });
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    await expectRefusal(scene, 'idp_code_refused', () => browser.visit(callback));
  });

  it('is valid for ten minutes', async () => {
    const browser = openBrowser();
    const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
    scene.clock.advance(600_000);
    const callback = await browser.visit(start.location);
    expect((await browser.visit(callback.location)).location).toBe(`${scene.server.url}/login/select-organization`);
  });

  it('H101: is rejected after ten minutes', async () => {
    const browser = openBrowser();
    const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
    scene.clock.advance(600_001);
    const callback = await browser.visit(start.location);
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback.location));
  });

  it('H116, H117: a sixth attempt in a browser replaces the oldest', async () => {
    const browser = openBrowser();
    const callbacks: URL[] = [];
    for (let count = 0; count < 6; count += 1) {
      callbacks.push(await beginSignIn(scene, { organization, browser }));
      scene.clock.advance(1_000);
    }
    expect(attemptCookies(browser)).toHaveLength(5);
    const [oldest, next, ...others] = callbacks;
    expect(others).toHaveLength(4);
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(oldest ?? ''));
    expect((await browser.visit(next ?? '')).location).toBe(`${scene.server.url}/login/select-organization`);
  });
});
