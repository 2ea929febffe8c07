import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  expectRefusal,
  hasSession,
  signIn,
  tamper,
  useLoginScene,
} from '../support/login-scene.ts';

describe.each(engines)('a client secret whose row was edited in the database (%s)', (engine) => {
  let elsewhere: SceneOrganization;

  const scene = useLoginScene(engine);
  beforeAll(async () => {
    elsewhere = await scene.addOrganization();
  });

  const edit = (organization: SceneOrganization, change: object) =>
    tamper(scene, (tx) =>
      tx.updateTable('connections').set(change).where('organization_id', '=', organization.id).execute(),
    );
  const sealedSecretOf = async ({ id }: SceneOrganization): Promise<string> => {
    const { db } = scene.server.database;
    const query = db.selectFrom('connections').select('sealed_client_secret').where('organization_id', '=', id);
    return (await query.executeTakeFirstOrThrow()).sealed_client_secret;
  };

  it.each([
    ['token_endpoint', () => `${elsewhere.idp.url}/token`],
    ['issuer', () => elsewhere.idp.issuer],
    ['discovery_url', () => elsewhere.idp.discoveryUrl],
  ])('is sent nowhere if %s was changed', async (column, value) => {
    const organization = await scene.addOrganization({ isCustom: true });
    organization.idp.mutate({ callback: (parameters) => parameters.delete('iss') });
    await edit(organization, { [column]: value() });
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect([organization.idp.count('token'), elsewhere.idp.count('token')]).toEqual([0, 0]);
  });

  it("H277: cannot be decrypted in another organization's row", async () => {
    const organization = await scene.addOrganization();
    await edit(organization, { sealed_client_secret: await sealedSecretOf(elsewhere) });
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect(organization.idp.count('token')).toBe(0);
  });

  it('H277: cannot be decrypted if a character was changed', async () => {
    const organization = await scene.addOrganization();
    const sealed = await sealedSecretOf(organization);
    const middle = Math.floor(sealed.length / 2);
    const other = sealed[middle] === 'A' ? 'B' : 'A';
    await edit(organization, { sealed_client_secret: `${sealed.slice(0, middle)}${other}${sealed.slice(middle + 1)}` });
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect(organization.idp.count('token')).toBe(0);
  });

  it('works after it was entered again', async () => {
    const organization = await scene.addOrganization();
    await edit(organization, { sealed_client_secret: await sealedSecretOf(elsewhere) });
    const { clientSecret } = organization.idp;
    expect((await scene.changeConfig(organization, { clientSecret })).status).toBe(200);
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
  });
});
