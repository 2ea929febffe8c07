import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, readToken, signIn, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('a successful sign-in (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('redirects to the provider and back, and yields a token for the organization', async () => {
    const organization = await scene.addOrganization();
    const { answer, browser } = await signIn(scene, { organization });
    expect(answer).toMatchObject({ status: 302, location: `${scene.server.url}/login/select-organization` });

    const { status, token, organizationId } = await readToken(scene, browser);
    expect({ status, organizationId }).toEqual({ status: 200, organizationId: organization.id });
    expect(decodeJwt(token)).toMatchObject({ organizationId: organization.id, authMethod: 'oidc' });
    const own = await scene.server.call(`/api/v1/organization/${organization.id}`, { token });
    expect({ status: own.status, id: own.body.organization.id }).toEqual({ status: 200, id: organization.id });
    const me = await scene.server.call('/api/v2/users/me', { token });
    expect(me.body.user).toMatchObject({
      email: 'alice@acme.example',
      firstName: 'Alice',
      lastName: 'Practice',
      superAdmin: false,
    });
  });

  it('requests a code with state, nonce and an S256 challenge', async () => {
    const organization = await scene.addOrganization();
    await beginSignIn(scene, { organization, browser: openBrowser() });
    const request = organization.idp.requests.find(({ endpoint }) => endpoint === 'authorization');
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      response_type: 'code',
      client_id: organization.idp.clientId,
      redirect_uri: `${scene.server.url}/api/v1/sso/oidc/callback`,
      scope: 'openid profile email',
      state: expect.stringMatching(/^[0-9a-z]{9}-[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('creates the user, the membership and the identity of a new user', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    const { db } = scene.server.database;
    const where = { organization_id: organization.id };
    const identities = await db
      .selectFrom('user_identities')
      .selectAll()
      .where('organization_id', '=', organization.id)
      .execute();
    expect(identities).toMatchObject([{ ...where, issuer: organization.idp.issuer, subject: 'subject-of-alice' }]);
    const userId = identities[0]?.user_id ?? '';
    const user = await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    expect(user).toMatchObject({
      email: 'alice@acme.example',
      first_name: 'Alice',
      last_name: 'Practice',
      is_email_verified: 0,
      is_instance_admin: 0,
      password_hash: null,
    });
    const memberships = await db.selectFrom('memberships').selectAll().where('user_id', '=', userId).execute();
    expect(memberships).toMatchObject([
      {
        ...where,
        role: 'member',
        is_active: 1,
        source: 'sso',
        last_login_method: 'oidc',
        email_key: 'alice@acme.example',
      },
    ]);
  });

  it('writes the session, the attempt and the audit entries, without claims of the token', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    const { db } = scene.server.database;
    const sessions = await db
      .selectFrom('sessions')
      .selectAll()
      .where('organization_id', '=', organization.id)
      .execute();
    expect(sessions).toMatchObject([{ auth_method: 'oidc', ended_at: null, refresh_count: 0 }]);
    const userId = sessions[0]?.user_id;
    const attempts = await db
      .selectFrom('login_attempts')
      .selectAll()
      .where('organization_id', '=', organization.id)
      .execute();
    expect(attempts).toMatchObject([{ outcome: 'succeeded', code: null, user_id: userId }]);
    const events = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('organization_id', '=', organization.id)
      .orderBy('sequence')
      .execute();
    expect(events.map((event) => event.event_type)).toEqual([
      'organization-create',
      'oidc-config-create',
      'user-provision',
      'session-start',
      'sign-in-success',
    ]);
    const told = JSON.stringify([events, attempts]);
    expect(told).not.toContain('subject-of-alice');
    expect(told).not.toContain(organization.idp.clientSecret);
  });

  it('H286: keeps the refresh token in a cookie that scripts and other sites cannot read', async () => {
    const organization = await scene.addOrganization();
    const { answer } = await signIn(scene, { organization });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('jid='));
    expect(cookie).toMatch(/^jid=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('finds the account at the second sign-in and starts another session', async () => {
    const organization = await scene.addOrganization();
    const first = await signIn(scene, { organization });
    const second = await signIn(scene, { organization });
    const { db } = scene.server.database;
    const memberships = db.selectFrom('memberships').select('user_id').where('organization_id', '=', organization.id);
    expect(await memberships.execute()).toHaveLength(1);
    const sessions = db.selectFrom('sessions').select('user_id').where('organization_id', '=', organization.id);
    expect(await sessions.execute()).toHaveLength(2);
    const subjects = [first, second].map(async ({ browser }) => decodeJwt((await readToken(scene, browser)).token).sub);
    const [one, other] = await Promise.all(subjects);
    expect(one).toBeTypeOf('string');
    expect(other).toBe(one);
  });

  it('works with endpoints that the admin entered, without a discovery document', async () => {
    const organization = await scene.addOrganization({ isCustom: true });
    const { browser } = await signIn(scene, { organization });
    expect(await readToken(scene, browser)).toMatchObject({ status: 200, organizationId: organization.id });
    expect(organization.idp.count('discovery')).toBe(0);
  });

  it('works with the base URL of the issuer instead of its document', async () => {
    const organization = await scene.addOrganization();
    await scene.changeConfig(organization, {
      discoveryURL: organization.idp.issuer,
      clientSecret: organization.idp.clientSecret,
    });
    const { browser } = await signIn(scene, { organization });
    expect(await readToken(scene, browser)).toMatchObject({ status: 200, organizationId: organization.id });
  });

  it('takes the address from userinfo if the ID token has none', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ idTokenClaims: ({ email: _email, ...claims }) => claims });
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const { body } = await scene.server.call('/api/v2/users/me', { token });
    expect(body.user.email).toBe('alice@acme.example');
    expect(organization.idp.count('userinfo')).toBe(1);
  });

  it('makes the instance admin an ordinary member if a provider asserts their address', async () => {
    const organization = await scene.addOrganization({
      idp: { claims: { sub: 'impostor', email: scene.boot.admin.email, email_verified: true } },
    });
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const json = { name: 'Mine now' };
    expect((await scene.server.call('/api/v2/organizations', { token, json })).status).toBe(403);
    expect((await scene.server.call(`/api/v1/organization/${scene.boot.organizationId}`, { token })).status).toBe(404);
  });
});
