import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, logIn, refreshCookieOf, signIn as signInWithPassword } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type LoginScene, openLoginScene, readToken, type SceneOrganization, signIn } from '../support/login-scene.ts';

describe.each(engines)('enforced single sign-on (%s)', (engine) => {
  let scene: LoginScene;
  let acme: SceneOrganization;

  beforeAll(async () => {
    scene = await openLoginScene(engine);
    acme = await scene.addOrganization();
  });
  afterAll(async () => {
    await scene.close();
  });

  const change = async (json: object, { token = scene.boot.token, id = acme.id } = {}) =>
    scene.server.call(`/api/v1/organization/${id}`, { method: 'PATCH', token, json });
  const read = async (token: string, id = acme.id) => scene.server.call(`/api/v1/organization/${id}`, { token });
  const select = async (token: string, organizationId = acme.id) =>
    scene.server.call('/api/v3/auth/select-organization', { token, json: { organizationId } });
  const uses = async (organizationId = acme.id) =>
    scene.server.database.db
      .selectFrom('emergency_uses')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .execute();
  const audited = async (type: string) =>
    scene.server.database.db.selectFrom('audit_events').selectAll().where('event_type', '=', type).execute();

  it('H255: requires a sign-in since the endpoints, the client or the algorithm last changed', async () => {
    const needsSignIn = { status: 400, body: { code: 'enforcement_needs_sign_in' } };
    expect(await change({ authEnforced: true })).toMatchObject(needsSignIn);
    expect((await signIn(scene, { organization: acme })).answer.status).toBe(302);
    expect((await change({ authEnforced: true })).status).toBe(200);
    await change({ authEnforced: false });
    const { clientId, clientSecret } = acme.idp;
    const proofless = [{ clientId: 'another' }, { jwtSignatureAlgorithm: 'RS256' }, { clientSecret }] as const;
    for (const unproving of proofless) {
      expect((await scene.changeConfig(acme, unproving)).status).toBe(200);
      expect(await change({ authEnforced: true })).toMatchObject(needsSignIn);
      await scene.changeConfig(acme, { clientId, jwtSignatureAlgorithm: 'ES256' });
      await signIn(scene, { organization: acme });
    }
    await scene.changeConfig(acme, { isActive: false });
    expect(await change({ authEnforced: true })).toMatchObject({ body: { code: 'enforcement_needs_config' } });
    await scene.changeConfig(acme, { isActive: true, allowedEmailDomains: '' });
    expect((await change({ authEnforced: true })).body.organization.authEnforced).toBe(true);
  });

  it('keeps the connection from being deleted, and no change of it ends the enforcement', async () => {
    await change({ authEnforced: true });
    expect(await scene.deleteConfig(acme)).toMatchObject({ status: 409, body: { code: 'oidc_config_enforced' } });
    for (const isActive of [false, true]) expect((await scene.changeConfig(acme, { isActive })).status).toBe(200);
    expect((await read(scene.boot.token)).body.organization.authEnforced).toBe(true);
  });

  it('never ends up without a connection when it is enforced and deleted at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const organization = await scene.addOrganization();
      await signIn(scene, { organization });
      const enforce = change({ authEnforced: true }, { id: organization.id });
      const [enforced, removed] = await Promise.all([enforce, scene.deleteConfig(organization)]);
      expect([
        [200, 409],
        [400, 200],
      ]).toContainEqual([enforced.status, removed.status]);
    }
  });

  it('H285: rejects every session that did not come from the identity provider, and keeps the others and machine identities', async () => {
    await change({ authEnforced: false, bypassOrgAuthEnabled: false });
    const outsiders = [];
    for (const role of ['admin', 'member'] as const) {
      outsiders.push(await addMember(scene.server, scene.boot, { organizationId: acme.id, role }));
    }
    const { browser } = await signIn(scene, { organization: acme });
    const inside = await readToken(scene, browser);
    const machine = await addMachine(scene.server, scene.boot, { organizationId: acme.id, role: 'member' });
    const machineToken = (await logIn(scene.server, machine)).body.accessToken;
    await change({ authEnforced: true });
    for (const person of outsiders) {
      const refused = { status: 403, body: { error: 'PermissionDenied', code: 'sso_required' } };
      expect(await read(person.token)).toMatchObject(refused);
      expect(await change({ authEnforced: false }, { token: person.token })).toMatchObject(refused);
      expect(await scene.server.call('/api/v1/groups', { token: person.token })).toMatchObject(refused);
      expect(await select(person.looseToken)).toMatchObject(refused);
    }
    expect([(await read(inside.token)).status, (await read(machineToken)).status]).toEqual([200, 200]);
    expect((await readToken(scene, browser)).status).toBe(200);
    const administrator = (await signInWithPassword(scene.server, scene.boot.admin)).body.accessToken;
    expect(await read(administrator)).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    expect(await uses()).toEqual([]);
  });

  it('is visible to members only: other users get the response for an unknown organization', async () => {
    const other = await scene.addOrganization();
    const stranger = await addMember(scene.server, scene.boot, { organizationId: other.id, role: 'admin' });
    expect(await read(stranger.token)).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    expect((await select(stranger.looseToken)).status).toBe(404);
  });

  it('stops the refresh of earlier sessions', async () => {
    await change({ authEnforced: false });
    const login = await signInWithPassword(scene.server, scene.boot.admin);
    const chosen = await select(login.body.accessToken);
    const cookie = refreshCookieOf(chosen) ?? '';
    await change({ authEnforced: true });
    const refresh = async () => scene.server.call('/api/v1/auth/token', { method: 'POST', headers: { cookie } });
    const refused = await refresh();
    expect(refused).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    expect(refused.headers.getSetCookie()[0]).toContain('jid=; Max-Age=0');
    await change({ authEnforced: false });
    expect((await refresh()).status).toBe(200);
  });

  it('allows the bypass to admins only, after it is audited', async () => {
    await change({ authEnforced: false });
    const admin = await addMember(scene.server, scene.boot, { organizationId: acme.id, role: 'admin' });
    const member = await addMember(scene.server, scene.boot, { organizationId: acme.id, role: 'member' });
    await change({ authEnforced: true, bypassOrgAuthEnabled: true });
    expect(await read(member.token)).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    expect((await select(member.looseToken)).status).toBe(403);
    expect(await uses()).toEqual([]);

    // An existing session at many endpoints at once counts as one use.
    const answers = await Promise.all(Array.from({ length: 8 }, async () => read(admin.token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await uses()).toMatchObject([{ kind: 'bypass', user_id: admin.userId, email: admin.email }]);
    // A new session for the organization counts as another use.
    const chosen = await select(admin.looseToken);
    expect([chosen.status, (await read(chosen.body.token)).status]).toEqual([200, 200]);
    expect(await uses()).toHaveLength(2);
    expect(await audited('enforcement-bypass')).toHaveLength(2);

    // The instance admin names the organization without having selected it.
    const administrator = (await signInWithPassword(scene.server, scene.boot.admin)).body.accessToken;
    expect((await change({ name: 'From outside' }, { token: administrator })).status).toBe(200);
    expect(await uses()).toHaveLength(3);
    await change({ bypassOrgAuthEnabled: false });
    for (const token of [admin.token, chosen.body.token, administrator]) expect((await read(token)).status).toBe(403);
  });
});
