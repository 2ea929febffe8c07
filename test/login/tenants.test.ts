import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  expectRefusal,
  readToken,
  signIn,
  tamper,
  useLoginScene,
} from '../support/login-scene.ts';

const alice = { sub: 'subject-of-alice', email: 'alice@acme.example', email_verified: true };

describe.each(engines)('two organizations (%s)', (engine) => {
  const scene = useLoginScene(engine);

  async function tokenOf(organization: SceneOrganization): Promise<string> {
    const { browser } = await signIn(scene, { organization });
    return (await readToken(scene, browser)).token;
  }

  it("H174, H180: get separate users if the second provider asserts a member's address", async () => {
    const first = await scene.addOrganization({ idp: { claims: alice } });
    const second = await scene.addOrganization({ idp: { claims: { ...alice, sub: 'attacker' } } });
    const member = decodeJwt(await tokenOf(first));
    const impostor = decodeJwt(await tokenOf(second));
    expect(member.sub).toBeTypeOf('string');
    expect(impostor.sub).toBeTypeOf('string');
    expect(impostor.sub).not.toBe(member.sub);
  });

  it('H184: get separate users even if both providers assert the same subject', async () => {
    const first = await scene.addOrganization({ idp: { claims: alice } });
    const second = await scene.addOrganization({ idp: { claims: alice } });
    expect(decodeJwt(await tokenOf(second)).sub).not.toBe(decodeJwt(await tokenOf(first)).sub);
  });

  it('H184: get separate users even if both use the same provider', async () => {
    const first = await scene.addOrganization({ idp: { claims: alice } });
    const second = await scene.addOrganization({ idp: { claims: alice } });
    const { discoveryUrl: discoveryURL, clientSecret } = first.idp;
    await scene.changeConfig(second, { discoveryURL, clientSecret });
    const shared = { ...second, idp: first.idp };
    expect(decodeJwt(await tokenOf(shared)).sub).not.toBe(decodeJwt(await tokenOf(first)).sub);
  });

  it.each([
    ['the organization', (id: string) => `/api/v1/organization/${id}`],
    ['its configuration', (id: string) => `/api/v1/sso/oidc/config?organizationId=${id}`],
    ['its groups', (id: string) => `/api/v1/groups?organizationId=${id}`],
  ])("hide %s from a session of the other organization's provider", async (_name, path) => {
    const first = await scene.addOrganization({ idp: { claims: alice } });
    await signIn(scene, { organization: first });
    const second = await scene.addOrganization({ idp: { claims: alice } });
    const token = await tokenOf(second);
    const { status, body } = await scene.server.call(path(first.id), { token });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'organization_not_found' });
  });

  it('look like unknown organizations to a session of the other one', async () => {
    const first = await scene.addOrganization();
    const second = await scene.addOrganization();
    const token = await tokenOf(second);
    const answers = await Promise.all(
      [first.id, 'no-such-organization'].map((id) => scene.server.call(`/api/v1/organization/${id}`, { token })),
    );
    const [there, nowhere] = answers.map(({ status, body }) => ({ status, ...body, reqId: '' }));
    expect(there).toEqual(nowhere);
  });

  it('H196: a session of one cannot select the other', async () => {
    const first = await scene.addOrganization();
    const second = await scene.addOrganization();
    const token = await tokenOf(second);
    const json = { organizationId: first.id };
    const { status, body } = await scene.server.call('/api/v3/auth/select-organization', { token, json });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'organization_not_found' });
  });

  it('H196: a session of one cannot select the other even if its user is a member of both', async () => {
    const first = await scene.addOrganization();
    const second = await scene.addOrganization();
    const token = await tokenOf(second);
    const userId = decodeJwt(token).sub ?? '';
    await tamper(scene, async (tx) => {
      const own = await tx
        .selectFrom('memberships')
        .selectAll()
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      const row = { ...own, id: crypto.randomUUID(), organization_id: first.id };
      await tx.insertInto('memberships').values(row).execute();
    });
    const json = { organizationId: first.id };
    const { status, body } = await scene.server.call('/api/v3/auth/select-organization', { token, json });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'organization_not_found' });
    expect((await scene.server.call(`/api/v1/organization/${first.id}`, { token })).status).toBe(404);
  });
});

describe.each(engines)('an address that another account of the organization has (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('H181, H185: gives a second subject no access', async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    await signIn(scene, { organization });
    organization.idp.setClaims({ ...alice, sub: 'another subject' });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization }));
  });

  it('gives a second subject no access if it is written differently', async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    await signIn(scene, { organization });
    organization.idp.setClaims({ ...alice, sub: 'another subject', email: 'Alice@ACME.example' });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization }));
  });

  it('gives a subject that differs only in case no access', async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    await signIn(scene, { organization });
    organization.idp.setClaims({ ...alice, sub: 'Subject-of-Alice' });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization }));
  });

  it('H198: does not move to a known subject that asserts it', async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    const { browser } = await signIn(scene, { organization });
    const owner = decodeJwt((await readToken(scene, browser)).token).sub;
    organization.idp.setClaims({ sub: 'subject-of-bob', email: 'bob@acme.example' });
    const before = await signIn(scene, { organization });
    const bob = decodeJwt((await readToken(scene, before.browser)).token).sub;
    organization.idp.setClaims({ sub: 'subject-of-bob', email: alice.email });
    const after = await signIn(scene, { organization });
    const { token } = await readToken(scene, after.browser);
    expect(decodeJwt(token).sub).toBe(bob);
    expect(bob).not.toBe(owner);
    expect((await scene.server.call('/api/v2/users/me', { token })).body.user.email).toBe('bob@acme.example');
  });

  it('H181, H187: does not sign in the instance admin, who has a password and no identity at the provider', async () => {
    const organization = await scene.addOrganization({
      existing: { id: scene.boot.organizationId, slug: scene.boot.slug },
      idp: { claims: { sub: 'subject-of-admin', email: scene.boot.admin.email, email_verified: true } },
    });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization }));
  });
});
