import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { pendingSessionSeconds } from '../../src/contract/limits.ts';
import type { BrowserClient, PageAnswer } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  answerSwitch,
  beginSignIn,
  type LoginScene,
  openLoginScene,
  readToken,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';

describe.each(engines)("a sign-in to another account than the browser's (%s)", (engine) => {
  let scene: LoginScene;
  let own: SceneOrganization;
  let other: SceneOrganization;
  let browser: BrowserClient;
  let switchUrl: string;

  beforeAll(async () => {
    scene = await openLoginScene(engine);
    own = await scene.addOrganization();
    other = await scene.addOrganization();
    switchUrl = `${scene.server.url}/login/switch`;
  });
  beforeEach(async () => {
    ({ browser } = await signIn(scene, { organization: own }));
  });
  afterAll(() => scene.close());

  const organizationOf = async () => (await readToken(scene, browser)).organizationId;
  const csrfTokenOf = ({ text }: PageAnswer) => /name="csrfToken" value="([^"]+)"/u.exec(text)?.[1] ?? '';
  const answer = async (choice: 'switch' | 'stay') => answerSwitch(scene, browser, choice);
  const signInElsewhere = (query = {}) => signIn(scene, { organization: other, browser, query });

  it('H355: asks first, and keeps the current session until then', async () => {
    const { answer: callback } = await signInElsewhere();
    expect(callback.location).toBe(switchUrl);
    const page = await browser.visit(callback.location);
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("form-action 'self'"),
    ]);
    expect(page.text).toContain('Switch to another account?');
    expect(await organizationOf()).toBe(own.id);
  });

  it('H355: after "yes", continues to the target and ends the replaced session', async () => {
    const { token } = await readToken(scene, browser);
    await signInElsewhere({ returnTo: '/x' });
    const page = await answer('switch');
    expect([page.status, page.text.includes(`${scene.server.url}/x`)]).toEqual([200, true]);
    expect(await organizationOf()).toBe(other.id);
    expect((await scene.server.call('/api/v2/users/me', { token })).status).toBe(403);
    // The session lives as long as any other, and not only as long as the question could wait.
    scene.clock.advance((pendingSessionSeconds + 1) * 1000);
    expect(await organizationOf()).toBe(other.id);
    expect((await browser.visit(switchUrl)).location).toBe(`${scene.server.url}/login/select-organization`);
  });

  it('H355: after "no", keeps everything and ends the new session', async () => {
    await signInElsewhere();
    const pending = browser.cookies('localhost').get('sallyport_pending') ?? '';
    expect((await answer('stay')).location).toBe(`${scene.server.url}/login/select-organization`);
    expect(await organizationOf()).toBe(own.id);
    browser.cookies('localhost').set('sallyport_pending', pending);
    expect((await browser.visit(switchUrl)).location).toBe(`${scene.server.url}/login/select-organization`);
  });

  it('H355: cannot be confirmed by another site or by a form for another question', async () => {
    await signInElsewhere();
    const csrfToken = csrfTokenOf(await browser.visit(switchUrl));
    const wrong: readonly { form: Record<string, string>; headers?: Record<string, string> }[] = [
      { form: { choice: 'switch' } },
      { form: { choice: 'switch', csrfToken: csrfToken.replace(/.$/u, '-') } },
      { form: { choice: 'switch', csrfToken }, headers: { origin: 'https://evil.example' } },
      { form: { choice: 'switch', csrfToken }, headers: { 'sec-fetch-site': 'cross-site' } },
    ];
    for (const request of wrong) expect((await browser.visit(switchUrl, request)).status).toBe(403);
    expect(await organizationOf()).toBe(own.id);
  });

  it('H355: waits for ten minutes', async () => {
    await signInElsewhere();
    scene.clock.advance((pendingSessionSeconds + 1) * 1000);
    expect((await browser.visit(switchUrl)).location).toBe(`${scene.server.url}/login/select-organization`);
    expect(await organizationOf()).toBe(own.id);
  });

  it('H355: also asks for another user of the same organization', async () => {
    own.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, sub: 'somebody-else', email: 'else@acme.example' }) });
    const { answer: callback } = await signIn(scene, { organization: own, browser });
    own.idp.mutate({ idTokenClaims: undefined });
    expect(callback.location).toBe(switchUrl);
    expect((await browser.visit(switchUrl)).text).toContain('else@acme.example');
  });

  it('does not ask for the same user of the same organization, or if the earlier session has ended', async () => {
    const again = await signIn(scene, { organization: own, browser });
    expect(again.answer.location).toBe(`${scene.server.url}/login/select-organization`);
    await scene.server.call('/api/v1/auth/logout', {
      method: 'POST',
      headers: { cookie: `jid=${browser.cookies('localhost').get('jid') ?? ''}` },
    });
    expect((await signInElsewhere()).answer.location).toBe(`${scene.server.url}/login/select-organization`);
    expect(await organizationOf()).toBe(other.id);
  });

  it('continues without a question if the earlier session ends meanwhile', async () => {
    await signInElsewhere();
    browser.cookies('localhost').delete('jid');
    expect((await browser.visit(switchUrl)).status).toBe(200);
    expect(await organizationOf()).toBe(other.id);
  });

  it('continues a waiting program after "yes", and a repeated callback shows the question again', async () => {
    const query = { callbackPort: '45454' };
    const callback = await beginSignIn(scene, { organization: other, browser, query });
    await browser.visit(callback);
    expect((await browser.visit(callback)).location).toBe(switchUrl);
    expect((await answer('switch')).text).toContain('/login/select-organization?callback_port=45454');
  });

  it('H355: does not revive a session that ended while it waited', async () => {
    await signInElsewhere();
    const url = `/api/v1/organization/${other.id}/sessions?everyone=true`;
    await scene.server.call(url, { method: 'DELETE', token: scene.boot.token });
    expect((await browser.visit(switchUrl)).location).toBe(`${scene.server.url}/login/select-organization`);
    expect(await organizationOf()).toBe(own.id);
  });
});
