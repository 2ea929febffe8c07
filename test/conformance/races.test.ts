import { describe, expect, it } from 'vitest';

import type { CreateOidcConfigBody } from '../../src/contract/oidc-config.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, expectRefusal, setCookieNames, signIn, useLoginScene } from '../support/login-scene.ts';
import { expectSignedIn } from './hostile-scene.ts';

describe.each(engines)('a connection that changes during a sign-in (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const changes: readonly (readonly [title: string, change: Partial<CreateOidcConfigBody>])[] = [
    ['H249: another client', { clientId: 'another-client' }],
    ['H249: another algorithm', { jwtSignatureAlgorithm: 'RS256' }],
    ['H250: another client secret', { clientSecret: 'a-client-secret-that-was-rotated' }],
  ];

  it.each(changes)('%s', async (_title, change) => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    expect((await scene.changeConfig(organization, change)).status).toBe(200);
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
    expect(organization.idp.count('token')).toBe(0);
    await expectSignedIn(scene, await scene.bystander());
  });

  it('H251: a sign-in fails if its domain was removed from the allowed domains meanwhile', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await scene.changeConfig(organization, { allowedEmailDomains: 'other.example' });
    await expectRefusal(scene, 'config_changed', () => browser.visit(callback));
    await expectRefusal(scene, 'email_domain_not_allowed', () => signIn(scene, { organization }));
  });

  it('H256: nothing cached for the old provider is used for the new one', async () => {
    const organization = await scene.addOrganization();
    const next = await scene.addOrganization({ idp: { claims: { sub: 'next', email: 'next@acme.example' } } });
    await expectSignedIn(scene, organization);
    const asked = organization.idp.requests.length;
    const { discoveryUrl: discoveryURL, clientId, clientSecret } = next.idp;
    const changed = await scene.changeConfig(organization, { discoveryURL, clientId, clientSecret });
    expect(changed.status).toBe(200);
    await expectSignedIn(scene, { ...organization, idp: next.idp });
    expect(organization.idp.requests).toHaveLength(asked);
  });
});

describe.each(engines)('two subjects with the address of one member (%s)', (engine) => {
  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:owner' });

  it('H246: if both sign in for the first time at once, exactly one gets the account', async () => {
    const organization = await scene.addOrganization({ slug: 'owner' });
    const started = [];
    for (const sub of ['one', 'two']) {
      organization.idp.setClaims({ sub, email: 'carol@acme.example' });
      const browser = openBrowser();
      started.push({ browser, callback: await beginSignIn(scene, { organization, browser }) });
    }
    const answers = await Promise.all(started.map(({ browser, callback }) => browser.visit(callback)));
    expect(answers.filter((answer) => setCookieNames(answer).includes('jid'))).toHaveLength(1);
    const { db } = scene.server.database;
    const identities = db
      .selectFrom('user_identities')
      .select('user_id')
      .where('organization_id', '=', organization.id);
    expect(await identities.execute()).toHaveLength(1);
    const members = db.selectFrom('memberships').select('id').where('organization_id', '=', organization.id);
    expect(await members.execute()).toHaveLength(1);
    const refused = db.selectFrom('login_attempts').select('code').where('organization_id', '=', organization.id);
    expect(await refused.where('outcome', '=', 'refused').execute()).toEqual([{ code: 'account_link_required' }]);
  });
});
