import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { type SceneOrganization, readToken, signIn, useLoginScene } from '../support/login-scene.ts';

/**
 * An admin of an organization that the instance admin belongs to, with a provider that sends anything.
 */
describe.each(engines)('the instance admin as a member of a hostile organization (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme, moved.example:acme' });
  beforeAll(async () => {
    const { organizationId: id, slug } = scene.boot;
    organization = await scene.addOrganization({ existing: { id, slug } });
  });

  async function enter(claims: Readonly<Record<string, string>>) {
    organization.idp.setClaims({ sub: 'subject-of-admin', ...claims });
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    return { token, userId: decodeJwt(token).sub ?? '' };
  }

  const logInWithPassword = async () => scene.server.call('/api/v3/auth/login', { json: scene.boot.admin });

  it('H198, H231: keeps their e-mail address and name, whatever the provider asserts', async () => {
    const { email } = scene.boot.admin;
    const before = await logInWithPassword();
    expect(before.status).toBe(200);
    const { userId } = await enter({ email });
    await enter({ email: 'somebody@moved.example', given_name: 'Some', family_name: 'Body' });
    const after = await logInWithPassword();
    expect(after.status).toBe(200);
    expect(decodeJwt(after.body.accessToken).sub).toBe(userId);
    const me = await scene.server.call('/api/v2/users/me', { token: after.body.accessToken });
    expect(me.body.user).toMatchObject({ email, superAdmin: true });
    expect(me.body.user.firstName).not.toBe('Some');
    const { db } = scene.server.database;
    const trail = db.selectFrom('audit_events').select('event_metadata');
    const skipped = await trail.where('event_type', '=', 'user-profile-update-skipped').execute();
    expect(skipped.map((row) => JSON.parse(row.event_metadata))).toEqual([
      { userId, field: 'email', reason: 'instance_admin' },
    ]);
  });

  it('H231: gains no instance admin session through a provider or a permission to relink', async () => {
    const { email } = scene.boot.admin;
    const { body } = await logInWithPassword();
    const administrator: string = body.accessToken;
    const { token, userId } = await enter({ email });
    expect(userId).toBe(decodeJwt(administrator).sub);
    const members = await scene.server.call(`/api/v2/organizations/${organization.id}/memberships`, { token });
    const { id } = members.body.users.find((member: { userId: string }) => member.userId === userId);
    const permitted = await scene.server.call(`/api/v2/organizations/${organization.id}/relink-permissions`, {
      token,
      json: { membershipIds: [id] },
    });
    expect(permitted.status).toBe(200);
    const stranger = await enter({ sub: 'subject-of-mallory', email });
    expect(stranger.userId).toBe(userId);
    const refused = await scene.server.call('/api/v2/organizations', { token: stranger.token, json: { name: 'Mine' } });
    expect(refused.status).toBe(403);
    await scene.server.call('/api/v2/users/me/sessions', { method: 'DELETE', token: stranger.token });
    // The instance admin's own session belongs to another organization.
    expect((await scene.server.call('/api/v2/users/me', { token: administrator })).status).toBe(200);
  });
});
