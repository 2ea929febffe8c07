import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember, addOrganization, refreshCookieOf, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

describe.each(engines)('sessions of an organization (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock, settings: { SALLYPORT_ACCESS_TOKEN_SECONDS: '86400' } });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const url = (id: string, rest = '') => `/api/v1/organization/${id}/sessions${rest}`;
  const list = async (id: string, query = '', token = boot.token) => server.call(url(id, query), { token });
  const end = async (id: string, rest: string, token = boot.token) =>
    server.call(url(id, rest), { token, method: 'DELETE' });
  const statusOf = async (token: string) => (await server.call('/api/v2/users/me', { token })).status;
  const change = async (id: string, userTokenExpiration: string) =>
    server.call(`/api/v1/organization/${id}`, { method: 'PATCH', token: boot.token, json: { userTokenExpiration } });
  const select = async (token: string, organizationId: string) =>
    server.call('/api/v3/auth/select-organization', { token, json: { organizationId } });

  it('admins list them in pages and by user, and end one, one member’s, or all on explicit request', async () => {
    const id = await addOrganization(server, boot);
    const admin = await addMember(server, boot, { organizationId: id, role: 'admin' });
    const people = [];
    for (let n = 0; n < 3; n += 1) people.push(await addMember(server, boot, { organizationId: id, role: 'member' }));
    const [first, second] = people;
    const all = await list(id, '', admin.token);
    expect([all.status, all.body.totalCount, all.body.sessions.length]).toEqual([200, 4, 4]);
    expect(all.text).not.toMatch(/hash/);
    expect((await list(id, '?limit=3&offset=3')).body).toMatchObject({ totalCount: 4, sessions: [{}] });
    const ofFirst = (await list(id, `?userId=${first?.userId}`)).body;
    expect(ofFirst).toMatchObject({ totalCount: 1, sessions: [{ email: first?.email, organizationId: id }] });
    expect((await list(id, '?userId=nonsense')).body).toEqual({ sessions: [], totalCount: 0 });

    const other = await addOrganization(server, boot);
    const sessionId: string = ofFirst.sessions[0].id;
    for (const place of [
      [other, `/${sessionId}`],
      [id, `/${randomUUID()}`],
      [id, '/nonsense'],
    ] as const) {
      expect(await end(place[0], place[1])).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    }
    expect((await end(id, `/${sessionId}`, admin.token)).status).toBe(200);
    expect([await statusOf(first?.token ?? ''), await statusOf(first?.looseToken ?? '')]).toEqual([403, 200]);
    expect((await end(id, '', admin.token)).status).toBe(422);
    expect((await end(id, `?userId=${second?.userId}&everyone=true`)).status).toBe(422);
    expect((await end(id, `?userId=${second?.userId}`)).body).toMatchObject({ endedSessions: 1 });
    expect((await end(id, '?everyone=true', admin.token)).body).toMatchObject({ endedSessions: 2 });
    for (const { token } of [...people, admin]) expect(await statusOf(token)).toBe(403);
    const events = server.database.db.selectFrom('audit_events').select('event_type').where('organization_id', '=', id);
    const types = (await events.execute()).map((row) => row.event_type);
    expect(types.filter((type) => type === 'organization-sessions-end')).toHaveLength(2);
  });

  it('H301: are hidden from members and from other organizations', async () => {
    const id = await addOrganization(server, boot);
    const member = await addMember(server, boot, { organizationId: id, role: 'member' });
    expect((await list(id, '', member.token)).status).toBe(403);
    expect((await end(id, '?everyone=true', member.token)).status).toBe(403);
    expect((await list(boot.organizationId, '', member.token)).status).toBe(404);
    expect((await end(boot.organizationId, '?everyone=true', member.token)).status).toBe(404);
  });

  it("H287: end at the latest after the organization's lifetime, counted from the sign-in", async () => {
    const id = await addOrganization(server, boot);
    await change(id, '1h');
    const member = await addMember(server, boot, { organizationId: id, role: 'member' });
    clock.advanceSeconds(3000);
    const again = await select(member.looseToken, id);
    expect(again.headers.getSetCookie()[0]).toContain('Max-Age=600;');
    const third = await select(again.body.token, id);
    expect(third.headers.getSetCookie()[0]).toContain('Max-Age=600;');
    const claims = JSON.parse(Buffer.from(third.body.token.split('.')[1], 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(600);
    clock.advanceSeconds(600);
    for (const token of [again.body.token, third.body.token]) expect(await statusOf(token)).toBe(403);
    const cookie = refreshCookieOf(third) ?? '';
    expect((await server.call('/api/v1/auth/token', { method: 'POST', headers: { cookie } })).status).toBe(401);
    expect(await select(member.looseToken, id)).toMatchObject({ status: 401, body: { code: 'session_too_old' } });
  });

  it('are shortened when the lifetime shrinks, and a longer lifetime later revives none', async () => {
    const id = await addOrganization(server, boot);
    const member = await addMember(server, boot, { organizationId: id, role: 'member' });
    clock.advanceSeconds(400);
    const fresh = await addMember(server, boot, { organizationId: id, role: 'member' });
    await change(id, '5m');
    expect([await statusOf(member.token), await statusOf(fresh.token)]).toEqual([403, 200]);
    await change(id, '30d');
    expect(await statusOf(member.token)).toBe(403);
    clock.advanceSeconds(300);
    expect(await statusOf(fresh.token)).toBe(403);
  });

  it('that started during a change of the lifetime follow the new one', async () => {
    const id = await addOrganization(server, boot);
    const member = await addMember(server, boot, { organizationId: id, role: 'member' });
    // The result of a sign-in that read the setting before it changed.
    await server.database.transaction((tx) =>
      tx.updateTable('organizations').set({ user_token_expiration: '5m' }).where('id', '=', id).execute(),
    );
    clock.advanceSeconds(299);
    expect(await statusOf(member.token)).toBe(200);
    clock.advanceSeconds(1);
    expect(await statusOf(member.token)).toBe(403);
  });

  it('start with a password after at most ten guesses from one network, and the lock expires', async () => {
    const { email, password } = boot.admin;
    const nobody = 'somebody-else@acme.example';
    for (const address of [email, nobody]) {
      const codes: unknown[] = [];
      // In sequence: most concurrent attempts are rejected before their password is checked.
      for (let guess = 1; guess <= 12; guess += 1) {
        codes.push((await signIn(server, { email: address, password: 'wrong' })).body.code);
      }
      expect(codes.filter((code) => code === 'credentials_invalid')).toHaveLength(10);
      expect(codes.filter((code) => code === 'credentials_locked')).toHaveLength(2);
    }
    clock.advanceSeconds(600);
    // The correct password of a locked account gets the same response as an unknown account.
    const [locked, unknown] = [await signIn(server, boot.admin), await signIn(server, { email: nobody, password })];
    expect(locked).toMatchObject({ status: 401, body: { code: 'credentials_locked' } });
    expect(locked.body).toEqual({ ...unknown.body, reqId: locked.body.reqId });
    clock.advanceSeconds(300);
    expect((await signIn(server, boot.admin)).status).toBe(200);
    const events = server.database.db.selectFrom('audit_events').select('event_type');
    expect(await events.where('event_type', '=', 'password-login-failed').execute()).toHaveLength(20);
    expect(await events.where('event_type', '=', 'password-login-limited').execute()).toHaveLength(2);
  });
});
