import type { SessionEndReason } from '../../src/contract/audit-reasons.ts';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  addApplication,
  authorizationRequest,
  follow,
  post,
  responseOf,
  signInToApplication,
  type TestApplication,
} from '../support/application-scene.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('the tokens of an application (%s)', (engine) => {
  const scene = useLoginScene(engine);
  let acme: SceneOrganization;
  let wiki: TestApplication;

  beforeAll(async () => {
    acme = await scene.addOrganization();
    wiki = await addApplication(scene);
  });

  const signIn = async (application = wiki) =>
    signInToApplication(scene, application, { params: { organization: acme.slug } });
  const refresh = async (refreshToken = '', application = wiki) =>
    post(scene, '/oauth/token', { application, form: { grant_type: 'refresh_token', refresh_token: refreshToken } });
  const introspect = async (token = '', application = wiki) =>
    (await post(scene, '/oauth/introspect', { application, form: { token } })).body;
  const userinfo = async (token = '') =>
    (await fetch(`${scene.server.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;
  const sessionOf = async (userId = '') =>
    scene.server.database.db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow();
  const membershipUrl = async (userId = '') => {
    const row = await scene.server.database.db
      .selectFrom('memberships')
      .select('id')
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    return `/api/v2/organizations/${acme.id}/memberships/${row.id}`;
  };

  it('are refreshed: the new refresh token works, and the claims are those of now', async () => {
    const { tokens } = await signIn();
    const next = await refresh(tokens['refresh_token']);
    expect(next.status).toBe(200);
    expect(next.body['refresh_token']).not.toBe(tokens['refresh_token']);
    expect(await userinfo(next.body['access_token'])).toBe(200);
    expect((await refresh(next.body['refresh_token'])).status).toBe(200);
  });

  it('30: get the same successor for concurrent refreshes, and the last one continues', async () => {
    const { tokens } = await signIn();
    const answers = await Promise.all([1, 2, 3].map(async () => refresh(tokens['refresh_token'])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(1);
    expect((await refresh(answers[0]?.body['refresh_token'])).status).toBe(200);
  });

  it('29: end if a refresh token is used again after ten seconds', async () => {
    const { tokens } = await signIn();
    const next = await refresh(tokens['refresh_token']);
    scene.clock.advance(11_000);
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant');
    expect((await refresh(next.body['refresh_token'])).body['error']).toBe('invalid_grant');
    expect(await userinfo(next.body['access_token'])).toBe(401);
  });

  it('33: are introspected and revoked by their own application only', async () => {
    const other = await addApplication(scene, { name: 'Other' });
    const { tokens, claims } = await signIn();
    const token = tokens['access_token'];
    expect(await introspect(token)).toMatchObject({ active: true, sub: claims.sub, client_id: wiki.clientId });
    expect(await introspect(token, other)).toEqual({ active: false });
    await post(scene, '/oauth/revoke', { application: other, form: { token: token ?? '' } });
    expect(await userinfo(token)).toBe(200);
    await post(scene, '/oauth/revoke', { application: wiki, form: { token: token ?? '' } });
    expect(await userinfo(token)).toBe(401);
  });

  it.each([
    [
      'an admin ends the session',
      async (userId: string) => {
        const { id } = await sessionOf(userId);
        const path = `/api/v1/organization/${acme.id}/sessions/${id}`;
        return scene.server.call(path, { method: 'DELETE', token: scene.boot.token });
      },
    ],
    [
      'the member is deactivated',
      async (userId: string) =>
        scene.server.call(await membershipUrl(userId), {
          method: 'PATCH',
          token: scene.boot.token,
          json: { isActive: false },
        }),
    ],
    [
      'the member is removed',
      async (userId: string) =>
        scene.server.call(await membershipUrl(userId), { method: 'DELETE', token: scene.boot.token }),
    ],
    [
      'the application admits other organizations only',
      async () => {
        const other = await scene.addOrganization();
        const json = { organizations: 'listed', organizationIds: [other.id] };
        return scene.server.call(`/api/v1/applications/${wiki.id}`, { method: 'PATCH', token: scene.boot.token, json });
      },
    ],
    [
      'the application admits a group that the member is not in',
      async () => {
        const json = { groups: ['editors'] };
        return scene.server.call(`/api/v1/applications/${wiki.id}`, { method: 'PATCH', token: scene.boot.token, json });
      },
    ],
  ])('31, 37: stop working at once if %s', async (_what, end) => {
    wiki = await addApplication(scene);
    const organization = await scene.addOrganization({ idp: { claims: { sub: 's-1', email: 'ann@acme.example' } } });
    acme = organization;
    const { tokens, claims, browser } = await signIn();
    const done = await end(String(claims.sub));
    expect(done.status).toBe(200);
    expect(await userinfo(tokens['access_token'])).toBe(401);
    expect(await introspect(tokens['access_token'])).toEqual({ active: false });
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant');
    const silent = authorizationRequest(scene, wiki, { organization: organization.slug, prompt: 'none' });
    const response = responseOf(await follow(browser, silent.url));
    expect(['login_required', 'access_denied']).toContain(response.get('error'));
  });

  it('of an application with the policy standalone, survive a sign-out of the browser and nothing else', async () => {
    const shell = await addApplication(scene, { name: 'Shell', refreshTokens: 'standalone' });
    const { tokens } = await signIn(shell);
    const { session_id: id } = await scene.server.database.db
      .selectFrom('application_sessions')
      .select('session_id')
      .where('application_id', '=', shell.id)
      .executeTakeFirstOrThrow();
    const end = async (reason: SessionEndReason) =>
      scene.server.database.transaction(async (tx) =>
        tx
          .updateTable('sessions')
          .set({ ended_at: scene.clock.nowMs(), end_reason: reason })
          .where('id', '=', id)
          .execute(),
      );
    await end('logout');
    const next = await refresh(tokens['refresh_token'], shell);
    expect(next.status).toBe(200);
    await end('ended_by_admin');
    expect((await refresh(next.body['refresh_token'], shell)).body['error']).toBe('invalid_grant');
  });

  it('that their application revokes are audited as revoked, and those that are used again as such', async () => {
    const reasons = async () =>
      (
        await scene.server.database.db
          .selectFrom('audit_events')
          .select('event_metadata')
          .where('event_type', '=', 'application-tokens-end')
          .orderBy('created_at')
          .orderBy('sequence')
          .execute()
      ).map(({ event_metadata: facts }) => JSON.parse(facts).reason);
    wiki = await addApplication(scene);
    const before = (await reasons()).length;
    const revoked = await signIn();
    await post(scene, '/oauth/revoke', { application: wiki, form: { token: revoked.tokens['refresh_token'] ?? '' } });
    const used = await signIn();
    await refresh(used.tokens['refresh_token']);
    scene.clock.advance(11_000);
    await refresh(used.tokens['refresh_token']);
    expect((await reasons()).slice(before)).toEqual(['revoked', 'used_again']);
  });

  it('51: stop working at once if the application is deleted', async () => {
    wiki = await addApplication(scene);
    const { tokens } = await signIn();
    await scene.server.call(`/api/v1/applications/${wiki.id}`, { method: 'DELETE', token: scene.boot.token });
    expect(await userinfo(tokens['access_token'])).toBe(401);
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_client');
    wiki = await addApplication(scene);
  });

  it('are not refreshed for an application without refresh tokens', async () => {
    const short = await addApplication(scene, { name: 'Short', refreshTokens: 'none' });
    const { tokens } = await signIn(short);
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it('a sign-in to an application is audited in the trail of the organization', async () => {
    const { claims } = await signIn();
    const { body } = await scene.server.call(
      `/api/v1/organization/audit-logs?organizationId=${acme.id}&eventType=application-sign-in`,
      { token: scene.boot.token },
    );
    expect(JSON.stringify(body)).toContain(String(claims.sub));
  });

  // Last, because everything else expires too.
  it('expire with the session, and an access token after ten minutes', async () => {
    const { tokens } = await signIn();
    scene.clock.advance(601_000);
    expect(await userinfo(tokens['access_token'])).toBe(401);
    expect((await refresh(tokens['refresh_token'])).status).toBe(200);
    scene.clock.advance(400 * 86_400_000);
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant');
  });
});
