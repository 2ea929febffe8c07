import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { addMember, type Person, refreshCookieOf, signIn as signInWithPassword } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { openBrowser } from '../support/browser-client.ts';
import {
  hasSession,
  type LoginScene,
  openLoginScene,
  readToken,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';
import type { Answer } from '../support/server.ts';

describe.each(engines)('break-glass codes (%s)', (engine) => {
  let scene: LoginScene;
  let acme: SceneOrganization;

  beforeAll(async () => {
    scene = await openLoginScene(engine);
    acme = await scene.addOrganization();
    await signIn(scene, { organization: acme });
  });
  beforeEach(async () => {
    scene.clock.advance(1);
    await change({ authEnforced: false });
  });
  afterAll(async () => {
    await scene.close();
  });

  const at = (path: string, id = acme.id) => `/api/v1/organization/${id}${path}`;
  const change = async (json: object, token = scene.boot.token) =>
    scene.server.call(at(''), { method: 'PATCH', token, json });
  const member = async (role: 'admin' | 'member' = 'admin') =>
    addMember(scene.server, scene.boot, { organizationId: acme.id, role });
  const make = async (token: string) => scene.server.call(at('/break-glass-codes'), { method: 'POST', token });
  const codesOf = async (person: Person): Promise<string[]> => (await make(person.token)).body.codes;
  const use = async (email: string, code: string, organizationSlug = acme.slug): Promise<Answer> =>
    scene.server.call('/api/v1/auth/break-glass', { json: { organizationSlug, email, code } });
  const emergencies = async (token: string, query = '') =>
    (await scene.server.call(`${at('/emergency-access')}${query}`, { token })).body;
  const count = async (type: string) => {
    const events = scene.server.database.db.selectFrom('audit_events').select('id').where('event_type', '=', type);
    return (await events.where('organization_id', '=', acme.id).execute()).length;
  };

  it('an admin who is a member gets eight codes once, and new codes replace the old ones', async () => {
    const admin = await member();
    const first = await make(admin.token);
    expect(first.status).toBe(200);
    expect(new Set(first.body.codes).size).toBe(8);
    for (const code of first.body.codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    const rows = await scene.server.database.db.selectFrom('break_glass_codes').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(first.body.codes[0]);
    const second = await codesOf(admin);
    expect(await use(admin.email, first.body.codes[0])).toMatchObject({
      status: 401,
      body: { code: 'credentials_invalid' },
    });
    expect((await use(admin.email, second[0] ?? '')).status).toBe(200);
    const state = await scene.server.call(at('/break-glass-codes'), { token: admin.token });
    expect(state.body).toMatchObject({ codesLeft: 7, codesTotal: 8, createdAt: expect.any(String) });
    const administrator = (await signInWithPassword(scene.server, scene.boot.admin)).body.accessToken;
    for (const token of [(await member('member')).token, administrator]) {
      expect(await make(token)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    }
    expect((await make(scene.boot.token)).status).toBe(401);
  });

  it('H243: sign an admin in for an hour under enforced single sign-on, and the other admins see it', async () => {
    const [admin, other] = [await member(), await member()];
    const [code = ''] = await codesOf(admin);
    await change({ authEnforced: true, bypassOrgAuthEnabled: false });
    const opened = await use(admin.email.toUpperCase(), code.toLowerCase().replaceAll('-', ' '));
    const expiresAt = new Date(scene.clock.nowMs() + 3_600_000).toISOString();
    expect(opened).toMatchObject({ status: 200, body: { organizationId: acme.id, expiresAt } });
    const { token } = opened.body;
    expect((await scene.server.call(at(''), { token })).status).toBe(200);
    expect((await scene.server.call('/api/v2/users/me/sessions', { token })).body).toContainEqual(
      expect.objectContaining({ authMethod: 'break-glass', isCurrent: true }),
    );
    const limited = { status: 403, body: { code: 'break_glass_session' } };
    expect(await make(token)).toMatchObject(limited);
    expect((await scene.server.call(at('', scene.boot.organizationId), { token })).status).toBe(404);
    expect(await change({ authEnforced: false }, token)).toMatchObject(limited);
    expect((await change({ authEnforced: false })).status).toBe(200);

    const seen = await emergencies(other.token, '?limit=1');
    expect(seen).toMatchObject({
      uses: [{ kind: 'break-glass', userId: admin.userId, email: admin.email, isSeen: false }],
      unseenCount: expect.any(Number),
    });
    expect(seen.unseenCount).toBe(seen.totalCount);
    await scene.server.call(at('/emergency-access/seen'), { method: 'POST', token: other.token });
    const seenNow = await emergencies(other.token);
    expect(seenNow.unseenCount).toBe(0);
    expect(seenNow.uses.every(({ isSeen }: { isSeen: boolean }) => isSeen)).toBe(true);
    expect(await count('break-glass-use')).toBe(seen.totalCount);
    const ordinary = await member('member');
    expect((await scene.server.call(at('/emergency-access'), { token: ordinary.token })).status).toBe(403);

    // Refreshing does not extend the session beyond its hour.
    const refresh = async (cookie: string | undefined) =>
      scene.server.call('/api/v1/auth/token', { method: 'POST', headers: { cookie: cookie ?? '' } });
    scene.clock.advance(3_599_000);
    const refreshed = await refresh(refreshCookieOf(opened));
    expect(refreshed.status).toBe(200);
    scene.clock.advance(1_000);
    expect((await refresh(refreshCookieOf(refreshed))).status).toBe(401);
    expect((await scene.server.call(at(''), { token: refreshed.body.token })).status).toBe(403);
  });

  it('H243: work once, even under concurrent use', async () => {
    const admin = await member();
    const [code = ''] = await codesOf(admin);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => use(admin.email, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    const uses = scene.server.database.db.selectFrom('emergency_uses').select('id').where('user_id', '=', admin.userId);
    expect(await uses.execute()).toHaveLength(1);
    scene.clock.advance(900_000);
    expect((await use(admin.email, code)).status).toBe(401);
  });

  it('belong to one admin, one organization and one role, and a refusal does not say what was wrong', async () => {
    const [admin, other] = [await member(), await member()];
    const [code = '', second = ''] = await codesOf(admin);
    const elsewhere = await scene.addOrganization();
    const wrong = [
      await use(other.email, code),
      await use(admin.email, code, elsewhere.slug),
      await use(admin.email, code, 'no-such-organization'),
      await use('nobody@acme.example', code),
      await use('no address', code),
      await use(admin.email, `${code}0`),
      await use(admin.email, '%'),
    ];
    const faces = wrong.map(({ status, text }) => `${status} ${text.replace(/"reqId":"[^"]*"/, '')}`);
    expect(new Set(faces).size).toBe(1);
    expect(wrong[0]).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
    for (const answer of wrong) expect(refreshCookieOf(answer)).toBeUndefined();
    const members = scene.server.database.transaction.bind(scene.server.database);
    const set = async (role: 'admin' | 'member') =>
      members((tx) => tx.updateTable('memberships').set({ role }).where('user_id', '=', admin.userId).execute());
    await set('member');
    expect((await use(admin.email, code)).status).toBe(401);
    await set('admin');
    expect((await use(admin.email, second)).status).toBe(200);
  });

  it('H243: record ten wrong guesses per quarter of an hour and network, for real accounts and invented ones', async () => {
    const admin = await member();
    const [code = ''] = await codesOf(admin);
    const limitedBefore = await count('break-glass-limited');
    for (const email of [admin.email, 'nobody-at-all@acme.example']) {
      const codes: string[] = [];
      for (let guess = 0; guess < 11; guess += 1) codes.push((await use(email, 'wrong')).body.code);
      expect(codes).toEqual([...Array.from({ length: 10 }, () => 'credentials_invalid'), 'credentials_locked']);
    }
    expect(await count('break-glass-limited')).toBe(limitedBefore + 1);
    // The limit bounds what is stored. It rejects no valid code.
    expect((await use(admin.email, code)).status).toBe(200);
  });

  it('are entered on a page that does not say what was wrong and does not show a code again', async () => {
    const admin = await member();
    const [code = ''] = await codesOf(admin);
    await change({ authEnforced: true });
    const browser = openBrowser();
    const url = `${scene.server.url}/login/break-glass`;
    expect((await browser.visit(`${scene.server.url}/login/admin`)).text).toContain('href="/login/break-glass"');
    expect((await browser.visit(url)).text).toContain('action="/login/break-glass"');
    const form = { organizationSlug: ` ${acme.slug} `, email: admin.email };
    const refused = await browser.visit(url, { form: { ...form, code: 'wrong-code' } });
    expect([refused.status, hasSession(browser)]).toEqual([401, false]);
    expect(refused.text).toContain('The credentials are not valid.');
    expect(refused.text).not.toContain('wrong-code');
    const headers = { origin: 'https://evil.example' };
    expect((await browser.visit(url, { form: { ...form, code }, headers })).status).toBe(403);
    const opened = await browser.visit(url, { form: { ...form, code } });
    expect([opened.status, new URL(opened.location).pathname]).toEqual([303, '/login/select-organization']);
    const { token, organizationId } = await readToken(scene, browser);
    expect([organizationId, (await scene.server.call(at(''), { token })).status]).toEqual([acme.id, 200]);
  });

  it('become invalid when their owner is deactivated', async () => {
    const admin = await member();
    const [code = ''] = await codesOf(admin);
    const list = await scene.server.call(`/api/v2/organizations/${acme.id}/memberships`, { token: scene.boot.token });
    const { id } = list.body.users.find((row: { userId: string }) => row.userId === admin.userId);
    const url = `/api/v2/organizations/${acme.id}/memberships/${id}`;
    for (const isActive of [false, true]) {
      const answer = await scene.server.call(url, { method: 'PATCH', token: scene.boot.token, json: { isActive } });
      expect(answer.status).toBe(200);
      expect((await use(admin.email, code)).status).toBe(401);
    }
  });

  it('appear in the enforcement preview, with the users that enforcement would shut out', async () => {
    const beta = await scene.addOrganization();
    const preview = async (query = '') =>
      (await scene.server.call(`${at('/auth-enforcement', beta.id)}${query}`, { token: scene.boot.token })).body;
    expect(await preview()).toMatchObject({
      canEnforce: false,
      obstacles: [{ code: 'enforcement_needs_sign_in', message: expect.any(String) }],
      activeMembers: 0,
    });
    const organizationId = beta.id;
    const admin = await addMember(scene.server, scene.boot, { organizationId, role: 'admin' });
    const plain = await addMember(scene.server, scene.boot, { organizationId, role: 'member' });
    await scene.server.call(at('/break-glass-codes', beta.id), { method: 'POST', token: admin.token });
    const { browser } = await signIn(scene, { organization: beta });
    const inside = await readToken(scene, browser);
    const whole = await preview();
    expect(whole).toMatchObject({
      authEnforced: false,
      canEnforce: true,
      obstacles: [],
      activeMembers: 3,
      membersWithoutIdentity: 2,
      membersWithOtherSessions: 2,
      shutOut: { totalCount: 2 },
      admins: [{ userId: admin.userId, hasIdentity: false, canBypass: false, breakGlassCodesLeft: 8 }],
    });
    expect(whole.shutOut.members).toContainEqual({
      userId: plain.userId,
      email: plain.email,
      username: plain.email,
      role: 'member',
      hasIdentity: false,
      otherSessions: 1,
    });
    await scene.server.call('/api/v2/users/me/sessions', { method: 'DELETE', token: plain.token });
    expect(await preview('?reason=other-session')).toMatchObject({ shutOut: { totalCount: 1 } });
    const page = await preview('?reason=no-identity&limit=1&offset=1');
    expect([page.shutOut.members.length, page.shutOut.totalCount]).toEqual([1, 2]);
    const json = { bypassOrgAuthEnabled: true };
    await scene.server.call(at('', beta.id), { method: 'PATCH', token: scene.boot.token, json });
    expect(await preview()).toMatchObject({ admins: [{ canBypass: true }] });
    const asMember = await scene.server.call(at('/auth-enforcement', beta.id), { token: inside.token });
    expect(asMember).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });
});
