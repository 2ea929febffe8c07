import { describe, expect, it } from 'vitest';

import { attemptRecords } from '../support/attempt-records.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { loginUrl, signIn, tamper, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('the record of a successful sign-in (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('names the route, every check with the expected and the found value, and the decisions', async () => {
    const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
    const json = { name: 'Engineering', organizationId: organization.id };
    await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    organization.idp.mutate({
      reply: {
        token: (reply) => {
          scene.clock.advance(700);
          return reply;
        },
      },
    });
    await signIn(scene, { organization });
    const attempt = await attemptRecords(scene).newest(organization);
    expect(attempt).toMatchObject({
      organizationId: organization.id,
      outcome: 'succeeded',
      code: null,
      message: null,
      durationMs: 700,
      email: 'alice@acme.example',
      ipAddress: '127.0.0.1',
      route: { by: 'organization', reason: 'The sign-in named this organization.', configRevision: 1 },
      provisioning: { decision: 'provisioned', changedFields: [] },
      groups: { isManaged: true, claim: 'present', named: 2, unmatched: 1, added: ['Engineering'], removed: [] },
      explanation: { whatHappened: 'The user signed in for the first time and got an account.', whatToDo: null },
    });
    const facts = new Map(attempt.steps.map((step) => [step.name, step]));
    expect([...facts.keys()]).toEqual(
      [
        'discovery authorization_request attempt_cookie configuration callback_form state provider_document',
        'callback_iss keys token_request alg typ crit kid signature iss aud azp exp nbf iat auth_time nonce sub',
        'at_hash c_hash s_hash events acr userinfo email provisioning groups session',
      ].flatMap((line) => line.split(' ')),
    );
    const { issuer, clientId } = organization.idp;
    expect(facts.get('token_request')).toMatchObject({ outcome: 'passed', durationMs: 700 });
    expect(facts.get('alg')).toMatchObject({ outcome: 'passed', expected: 'ES256', found: 'ES256' });
    expect(facts.get('kid')).toMatchObject({ found: 'key-1' });
    expect(facts.get('iss')).toMatchObject({ outcome: 'passed', expected: issuer, found: issuer });
    expect(facts.get('aud')).toMatchObject({ expected: clientId, found: clientId });
    expect(facts.get('exp')?.found).toMatch(/^2026-11-24T08:/u);
    expect(facts.get('nonce')).toMatchObject({ outcome: 'passed', found: 'the same' });
    expect(facts.get('nbf')).toMatchObject({ outcome: 'skipped', found: 'none' });
    expect(facts.get('userinfo')).toMatchObject({ outcome: 'skipped', found: 'not needed' });
    expect(facts.get('email')?.found).toBe('claim email of the ID token, domain acme.example; email_verified: yes');
    organization.idp.mutate({ reply: {} });
  });

  it('names the client authentication that was used, whatever the discovery document prefers', async () => {
    const organization = await scene.addOrganization({ config: { tokenEndpointAuthMethod: 'client_secret_post' } });
    await signIn(scene, { organization });
    const { steps } = await attemptRecords(scene).newest(organization);
    expect(steps.find(({ name }) => name === 'token_request')?.found).toBe(
      'tokens, authenticated with client_secret_post',
    );
  });

  it('shows a key that came with a rotation, and an address from userinfo', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    await organization.idp.rotateKeys();
    scene.clock.advance(6_000);
    organization.idp.mutate({ idTokenClaims: ({ email: _email, ...claims }) => claims });
    await signIn(scene, { organization });
    const { steps, provisioning } = await attemptRecords(scene).newest(organization);
    expect(steps.find(({ name }) => name === 'signature')?.found).toContain('which was fetched again');
    expect(steps.find(({ name }) => name === 'userinfo')?.found).toBe(
      'the same subject; requested for the e-mail address',
    );
    expect(steps.find(({ name }) => name === 'email')?.found).toContain('claim email of userinfo');
    expect(provisioning).toMatchObject({ decision: 'known' });
  });

  it('never mixes the sign-ins of one organization that share a client', async () => {
    const organization = await scene.addOrganization();
    const people = ['one', 'two', 'three', 'four'];
    organization.idp.setClaims((request) => {
      const name = request.get('login_hint')?.split('@')[0];
      return { sub: name, email: `${name}@${name}.example`, given_name: 'A', family_name: 'B' };
    });
    await tamper(scene, (tx) =>
      tx
        .updateTable('connections')
        .set({ allowed_email_domains: '' })
        .where('organization_id', '=', organization.id)
        .execute(),
    );
    const callbacks = await Promise.all(
      people.map(async (name) => {
        const browser = openBrowser();
        const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
        const url = new URL(start.location);
        url.searchParams.set('login_hint', `${name}@x`);
        return { browser, callback: (await browser.visit(url)).location };
      }),
    );
    await Promise.all(callbacks.map(({ browser, callback }) => browser.visit(callback)));
    const { loginAttempts } = await attemptRecords(scene).list(organization);
    expect(loginAttempts).toHaveLength(4);
    for (const { id, email } of loginAttempts) {
      const { steps } = await attemptRecords(scene).read(organization, id);
      const names = steps.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
      expect(names).toContain('signature');
      const domain = email.split('@')[1];
      expect(steps.find(({ name }) => name === 'email')?.found).toContain(`domain ${domain};`);
    }
  });
});
