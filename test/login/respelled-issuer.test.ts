import { describe, expect, it } from 'vitest';

import { attemptRecords } from '../support/attempt-records.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { Mutations } from '../support/faulty-idp.ts';
import { type SceneOrganization, expectRefusal, readToken, signIn, useLoginScene } from '../support/login-scene.ts';
import { startTestServer } from '../support/server.ts';

/** From now on the provider spells its issuer with a final slash everywhere. */
const withSlash = ({ idp }: SceneOrganization): Mutations => ({
  discovery: (good) => ({ ...good, issuer: `${idp.issuer}/` }),
  callback: (parameters) => parameters.set('iss', `${idp.issuer}/`),
  idTokenClaims: (claims) => ({ ...claims, iss: `${idp.issuer}/` }),
});

describe.each(engines)('a provider that changes the spelling of its issuer (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const login = (url: string, { slug }: SceneOrganization) =>
    openBrowser().visit(`${url}/api/v1/sso/oidc/login?orgSlug=${slug}`);
  const userOf = async (organization: SceneOrganization) => (await attemptRecords(scene).newest(organization)).userId;

  it('H363: is rejected once members have signed in, also by a server without a cache, and the error has both spellings', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    organization.idp.mutate(withSlash(organization));
    // A change makes the server read the discovery document as after a restart.
    await scene.changeConfig(organization, { clockToleranceSeconds: 30 });
    const { id } = await expectRefusal(scene, 'idp_issuer_mismatch', () => login(scene.server.url, organization));
    const { issuer } = organization.idp;
    const { explanation, steps } = await attemptRecords(scene).read(organization, id);
    expect(steps.at(-1)).toMatchObject({ name: 'discovery', expected: issuer, found: `${issuer}/` });
    expect(explanation.whatHappened).toContain(`${issuer}/. Until now it was ${issuer}.`);
    expect(explanation.whatToDo).toMatch(/discoveryURL.*relink/su);
    if (engine !== 'postgres') return;
    const restarted = await startTestServer({ engine, clock: scene.clock, beside: scene.server });
    try {
      await expectRefusal(scene, 'idp_issuer_mismatch', () => login(restarted.url, organization));
    } finally {
      await restarted.close();
    }
  });

  it('H363: is rejected also after the same secret was stored again', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    organization.idp.mutate(withSlash(organization));
    await scene.changeConfig(organization, { clientSecret: organization.idp.clientSecret });
    await expectRefusal(scene, 'idp_issuer_mismatch', () => login(scene.server.url, organization));
  });

  it('H363: signs the same member in when the first spelling is back', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    const before = await userOf(organization);
    organization.idp.mutate(withSlash(organization));
    await scene.changeConfig(organization, { clockToleranceSeconds: 30 });
    await expectRefusal(scene, 'idp_issuer_mismatch', () => login(scene.server.url, organization));
    organization.idp.mutate({ discovery: undefined, callback: undefined, idTokenClaims: undefined });
    await scene.changeConfig(organization, { clockToleranceSeconds: 31 });
    const { browser } = await signIn(scene, { organization });
    expect((await readToken(scene, browser)).status).toBe(200);
    expect(await userOf(organization)).toBe(before);
  });

  it('H363: is accepted if an admin enters the new spelling, and the member must relink', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    organization.idp.mutate(withSlash(organization));
    const { issuer, clientSecret } = organization.idp;
    expect((await scene.changeConfig(organization, { discoveryURL: `${issuer}/`, clientSecret })).status).toBe(200);
    const { id } = await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization }));
    const { explanation } = await attemptRecords(scene).read(organization, id);
    expect(explanation.whatToDo).toContain('relink');
  });

  it('H363: keeps a first spelling that ends with a slash', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate(withSlash(organization));
    await signIn(scene, { organization });
    organization.idp.mutate({ discovery: undefined, callback: undefined, idTokenClaims: undefined });
    await scene.changeConfig(organization, { clockToleranceSeconds: 30 });
    await expectRefusal(scene, 'idp_issuer_mismatch', () => login(scene.server.url, organization));
  });
});
