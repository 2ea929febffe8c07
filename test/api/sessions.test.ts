import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember, addOrganization, refreshCookieOf, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

const meUrl = '/api/v2/users/me';
const sessionsUrl = `${meUrl}/sessions`;

describe.each(engines)('sessions (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const refresh = async (cookie: string | undefined, headers: Record<string, string> = {}) =>
    server.call('/api/v1/auth/token', { method: 'POST', headers: { ...headers, cookie: cookie ?? '' } });
  const logout = async (cookie: string | undefined, headers: Record<string, string> = {}) =>
    server.call('/api/v1/auth/logout', { method: 'POST', headers: { ...headers, cookie: cookie ?? '' } });
  const select = async (token: string, organizationId: string) =>
    server.call('/api/v3/auth/select-organization', { token, json: { organizationId } });
  const statusOfMe = async (token: string) => (await server.call(meUrl, { token })).status;
  const clears = ({ headers }: Answer) =>
    headers.getSetCookie().some((cookie) => cookie.startsWith('jid=; Max-Age=0;'));

  it("start with the instance admin's password", async () => {
    const answer = await signIn(server, boot.admin);
    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['accessToken']]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^jid=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const mixed = { ...boot.admin, email: boot.admin.email.replace('acme', 'ACME') };
    expect((await signIn(server, mixed)).status).toBe(200);
  });

  it('H270: do not start with anything else, and every refusal is identical', async () => {
    const { email, password } = boot.admin;
    const wrong = [
      { email, password: `${password}x` },
      { email, password: password.toUpperCase() },
      { email: 'nobody@acme.example', password },
      { email: 'no address', password },
    ];
    for (const credentials of wrong) {
      const answer = await signIn(server, credentials);
      expect(answer).toMatchObject({ status: 401, body: { error: 'UnauthorizedError', code: 'credentials_invalid' } });
      expect(refreshCookieOf(answer)).toBeUndefined();
    }
  });

  it('are valid for an organization once one is selected', async () => {
    const { body } = await signIn(server, boot.admin);
    const answer = await select(body.accessToken, boot.organizationId);
    expect(answer).toMatchObject({ status: 200, body: { isMfaEnabled: false } });
    expect(Object.keys(answer.body).toSorted()).toEqual(['isMfaEnabled', 'token']);
    const refreshed = await refresh(refreshCookieOf(answer));
    expect(refreshed.body.organizationId).toBe(boot.organizationId);
    const other = await addOrganization(server, boot);
    for (const organizationId of [other, randomUUID(), 'nonsense']) {
      const elsewhere = await select(answer.body.token, organizationId);
      expect(elsewhere).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    }
    const member = await addMember(server, boot, { organizationId: other, role: 'member' });
    expect((await select(member.looseToken, boot.organizationId)).status).toBe(404);
  });

  it('are refreshed with a cookie that is replaced each time', async () => {
    const first = refreshCookieOf(await signIn(server, boot.admin));
    const second = await refresh(first);
    expect([second.status, Object.keys(second.body)]).toEqual([200, ['token']]);
    expect(refreshCookieOf(second)).not.toBe(first);
    expect(await statusOfMe(second.body.token)).toBe(200);
    expect((await refresh(refreshCookieOf(second))).status).toBe(200);
  });

  it('cannot be ended by a caller who knows only their id', async () => {
    const login = await signIn(server, boot.admin);
    const cookie = refreshCookieOf(login) ?? '';
    const [id = '', family = '', secret = ''] = cookie.replace('jid=', '').split('.');
    const strange = [`jid=${id}.${secret}.${family}`, `jid=${id}`, 'jid=', 'jid=x', `${cookie}; ${cookie}`];
    for (const forged of strange) expect((await refresh(forged)).status).toBe(401);
    for (const forged of strange) expect((await logout(forged)).status).toBe(200);
    expect(await statusOfMe(login.body.accessToken)).toBe(200);
    expect((await refresh(cookie)).status).toBe(200);
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('H237, H295: cannot be refreshed or ended from another site: %j', async (headers: Record<string, string>) => {
    const login = await signIn(server, boot.admin);
    const cookie = refreshCookieOf(login);
    for (const answer of [await refresh(cookie, headers), await logout(cookie, headers)]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await refresh(cookie, { origin: server.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('H285: end with logout, which clears the cookie', async () => {
    const login = await signIn(server, boot.admin);
    const cookie = refreshCookieOf(login);
    const answer = await logout(cookie);
    expect([answer.status, Object.keys(answer.body), clears(answer)]).toEqual([200, ['message'], true]);
    expect(await statusOfMe(login.body.accessToken)).toBe(403);
    expect((await refresh(cookie)).status).toBe(401);
    expect((await logout(undefined)).status).toBe(200);
  });

  it('H287: end after their lifetime, however often they are refreshed', async () => {
    const login = await signIn(server, boot.admin);
    clock.advanceSeconds(43_199);
    const refreshed = await refresh(refreshCookieOf(login));
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.getSetCookie()[0]).toContain('Max-Age=1;');
    clock.advanceSeconds(1);
    expect((await refresh(refreshCookieOf(refreshed))).status).toBe(401);
    expect(await statusOfMe(refreshed.body.token)).toBe(403);
  });

  it('report whether they are valid and whose they are', async () => {
    const { body } = await signIn(server, boot.admin);
    const check = await server.call('/api/v1/auth/checkAuth', { token: body.accessToken, method: 'POST' });
    expect([check.status, check.body]).toEqual([200, { message: 'Authenticated' }]);
    const me = await server.call(meUrl, { token: body.accessToken });
    expect(me.body.user).toMatchObject({ email: boot.admin.email, superAdmin: true, isEmailVerified: true });
    expect(me.text).not.toMatch(/password|hash/i);
    const { body: mine } = await server.call(`${meUrl}/organizations`, { token: body.accessToken });
    expect(mine.organizations.map(({ id }: { id: string }) => id)).toEqual([boot.organizationId]);
  });

  it('H301: can be listed and ended by their owner only', async () => {
    const organizationId = await addOrganization(server, boot);
    const alice = await addMember(server, boot, { organizationId, role: 'member' });
    const bob = await addMember(server, boot, { organizationId, role: 'member' });
    const list = async (token: string) => (await server.call(sessionsUrl, { token })).body;
    const end = async (token: string, id = '') =>
      server.call(id === '' ? sessionsUrl : `${sessionsUrl}/${id}`, { token, method: 'DELETE' });
    const [current, loose] = (await list(alice.token)).toSorted((a: { isCurrent: boolean }) => (a.isCurrent ? -1 : 1));
    expect(await list(alice.token)).toHaveLength(2);
    expect(current).toMatchObject({ isCurrent: true, organizationId, authMethod: 'password' });
    expect(loose).toMatchObject({ isCurrent: false, organizationId: null });
    for (const id of [current.id, randomUUID(), 'nonsense']) {
      expect(await end(bob.token, id)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    }
    expect((await end(alice.token, loose.id)).status).toBe(200);
    expect([await statusOfMe(alice.looseToken), await statusOfMe(alice.token)]).toEqual([403, 200]);
    expect((await end(alice.token, loose.id)).status).toBe(404);
    expect((await end(alice.token)).status).toBe(200);
    expect([await statusOfMe(alice.token), await statusOfMe(bob.token)]).toEqual([403, 200]);
  });
});
