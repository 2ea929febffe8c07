import { describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import {
  beginSignIn,
  countRows,
  expectRefusal,
  expectTurnedAway,
  findAttempt,
  hasSession,
  loginUrl,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

describe.each(engines)('a change of the connection (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('H249: rejects a sign-in that started before an endpoint changed', async () => {
    const organization = await scene.addOrganization();
    const other = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const { discoveryUrl: discoveryURL, clientSecret } = other.idp;
    expect((await scene.changeConfig(organization, { discoveryURL, clientSecret })).status).toBe(200);
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
    expect(organization.idp.count('token') + other.idp.count('token')).toBe(0);
  });

  it('H199, H248: rejects a sign-in that started before the connection was deactivated', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await scene.changeConfig(organization, { isActive: false });
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
  });

  it('H248: rejects a sign-in that started before the connection was deleted', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    expect((await scene.deleteConfig(organization)).status).toBe(200);
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
  });

  it('H248: rejects a sign-in that started before the connection was deleted and created again', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await scene.deleteConfig(organization);
    const { discoveryUrl: discoveryURL, clientId, clientSecret } = organization.idp;
    const place = { configurationType: 'discoveryURL', discoveryURL, clientId, clientSecret };
    const json = { organizationId: organization.id, isActive: true, jwtSignatureAlgorithm: 'ES256', ...place };
    const entered = await scene.server.call('/api/v1/sso/oidc/config', { token: scene.boot.token, json });
    expect(entered.status).toBe(200);
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
  });

  it('H199, H248: rejects a sign-in if the connection is deactivated while the provider responds', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      reply: {
        token: async (reply) => {
          await scene.changeConfig(organization, { isActive: false });
          return reply;
        },
      },
    });
    // Not with `expectRefusal`, which would count the admin's change in between as a write of the sign-in.
    const before = await countRows(scene);
    const { answer, browser } = await signIn(scene, { organization });
    const attempt = new URL(answer.location).searchParams.get('attempt') ?? '';
    expect(await findAttempt(scene, attempt)).toMatchObject({ outcome: 'refused', code: 'config_changed' });
    expect(await countRows(scene)).toEqual({ ...before, attempts: before.attempts + 1 });
    expect(hasSession(browser)).toBe(false);
  });

  it('H199: a deactivated connection starts no sign-in', async () => {
    const organization = await scene.addOrganization({ config: { isActive: false } });
    await expectTurnedAway(scene, 'sign_in_unavailable', () =>
      openBrowser().visit(loginUrl(scene, { orgSlug: organization.slug })),
    );
    expect(organization.idp.requests).toEqual([]);
  });

  it('a connection that is active again signs users in', async () => {
    const organization = await scene.addOrganization({ config: { isActive: false } });
    await scene.changeConfig(organization, { isActive: true });
    const { browser } = await signIn(scene, { organization });
    expect((await readToken(scene, browser)).organizationId).toBe(organization.id);
  });

  it('deactivating the connection keeps its sessions', async () => {
    const organization = await scene.addOrganization();
    const { browser } = await signIn(scene, { organization });
    await scene.changeConfig(organization, { isActive: false });
    expect((await readToken(scene, browser)).status).toBe(200);
  });

  it.each(['its endpoints', 'its client', 'its algorithm', 'nothing'] as const)(
    "a change of %s ends the connection's sessions, and no others, if the caller asks for that",
    async (what) => {
      const organization = await scene.addOrganization();
      const other = await scene.addOrganization();
      const { token } = await readToken(scene, (await signIn(scene, { organization })).browser);
      const elsewhere = await readToken(scene, (await signIn(scene, { organization: other })).browser);
      const password = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'member' });
      const changes = {
        'its endpoints': { discoveryURL: other.idp.discoveryUrl, clientSecret: other.idp.clientSecret },
        'its client': { clientId: 'another client' },
        'its algorithm': { jwtSignatureAlgorithm: 'RS256' as const },
        nothing: {},
      };
      const statusOf = async (bearer: string) =>
        (await scene.server.call('/api/v2/users/me', { token: bearer })).status;
      expect((await scene.changeConfig(organization, changes[what])).status).toBe(200);
      expect(await statusOf(token)).toBe(200);
      const asked = { ...changes[what], endSessions: true };
      expect((await scene.changeConfig(organization, asked)).status).toBe(200);
      expect(await statusOf(token)).toBe(403);
      expect([await statusOf(elsewhere.token), await statusOf(password.token)]).toEqual([200, 200]);
      const { db } = scene.server.database;
      const trail = db
        .selectFrom('audit_events')
        .select('event_metadata')
        .where('organization_id', '=', organization.id);
      const rows = await trail.where('event_type', '=', 'oidc-config-update').orderBy('sequence').execute();
      expect(rows.map((row) => JSON.parse(row.event_metadata).endedSessions)).toEqual([undefined, 1]);
    },
  );

  it('deleting the connection ends its sessions', async () => {
    const organization = await scene.addOrganization();
    const other = await scene.addOrganization();
    const { browser } = await signIn(scene, { organization });
    const elsewhere = await signIn(scene, { organization: other });
    const { token } = await readToken(scene, browser);
    expect((await scene.server.call('/api/v2/users/me', { token })).status).toBe(200);

    await scene.deleteConfig(organization);
    expect((await scene.server.call('/api/v2/users/me', { token })).body.code).toBe('token_invalid');
    expect((await readToken(scene, browser)).status).toBe(401);
    expect((await readToken(scene, elsewhere.browser)).status).toBe(200);
  });

  it('deleting the connection ends sessions that continue one of its sessions', async () => {
    const organization = await scene.addOrganization();
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const json = { organizationId: organization.id };
    const selected = await scene.server.call('/api/v3/auth/select-organization', { token, json });
    expect(selected.status).toBe(200);
    await scene.deleteConfig(organization);
    const after = await scene.server.call('/api/v2/users/me', { token: selected.body.token });
    expect(after.body.code).toBe('token_invalid');
  });
});

describe.each(engines)('the allowed e-mail domains of a connection (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it.each([
    ['other.example', 'alice@acme.example'],
    ['acme.example', 'alice@acme.example.evil.example'],
    ['acme.example', 'alice@mail.acme.example'],
    ['*.acme.example', 'alice@evilacme.example'],
  ])('%s refuses %s', async (allowedEmailDomains, email) => {
    const organization = await scene.addOrganization({
      config: { allowedEmailDomains },
      idp: { claims: { sub: 'alice', email } },
    });
    await expectRefusal(scene, 'email_domain_not_allowed', () => signIn(scene, { organization }));
  });

  it.each([
    ['acme.example', 'Alice@ACME.example'],
    ['other.example, acme.example', 'alice@acme.example'],
    ['*.acme.example', 'alice@deep.mail.acme.example'],
  ])('%s accepts %s', async (allowedEmailDomains, email) => {
    const organization = await scene.addOrganization({
      config: { allowedEmailDomains },
      idp: { claims: { sub: 'alice', email } },
    });
    const { browser } = await signIn(scene, { organization });
    expect((await readToken(scene, browser)).status).toBe(200);
  });

  it('a narrower list also refuses existing members', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    await scene.changeConfig(organization, { allowedEmailDomains: 'other.example' });
    await expectRefusal(scene, 'email_domain_not_allowed', () => signIn(scene, { organization }));
  });
});
