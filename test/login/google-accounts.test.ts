import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { type SceneOrganization, expectRefusal, readToken, signIn, useLoginScene } from '../support/login-scene.ts';

const google = 'https://accounts.google.com';

describe.each(engines)('an organization that signs in with Google (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme' });
  beforeAll(async () => {
    const { organizationId: id, slug } = scene.boot;
    organization = await scene.addOrganization({
      existing: { id, slug },
      isCustom: true,
      config: { issuer: google },
      idp: {
        mutate: {
          callback: (parameters) => parameters.delete('iss'),
          idTokenClaims: (claims) => ({ ...claims, iss: google }),
        },
      },
    });
  });

  // The instance admin is a member without an identity, in a domain that the organization has verified.
  const account = (claims: object) => ({
    sub: '113774835911882914271',
    email: scene.boot.admin.email,
    email_verified: true,
    ...claims,
  });

  it.each([
    ['no hosted domain', {}],
    ['another hosted domain', { hd: 'other.example' }],
    ['a hosted domain above', { hd: 'example' }],
    ['a hosted domain that is no text', { hd: ['acme.example'] }],
    ['a hosted domain that is empty', { hd: '' }],
  ])('H175: does not link a member by an address that Google calls verified, with %s', async (_what, claims) => {
    organization.idp.setClaims(account(claims));
    await expectRefusal(scene, 'account_link_required', async () => signIn(scene, { organization }));
  });

  it('H175: ignores a hosted domain in userinfo', async () => {
    organization.idp.setClaims(account({}));
    organization.idp.mutate({ userinfo: (claims) => ({ ...claims, hd: 'acme.example' }) });
    await expectRefusal(scene, 'account_link_required', async () => signIn(scene, { organization }));
    organization.idp.mutate({ userinfo: undefined });
  });

  it('H175: links the account of the Workspace that owns the domain', async () => {
    organization.idp.setClaims(account({ hd: 'acme.example' }));
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const { body } = await scene.server.call('/api/v2/users/me', { token });
    expect(body.user.email).toBe(scene.boot.admin.email);
    const { db } = scene.server.database;
    const identities = db
      .selectFrom('user_identities')
      .select(['issuer', 'subject'])
      .where('organization_id', '=', organization.id);
    expect(await identities.execute()).toEqual([{ issuer: google, subject: '113774835911882914271' }]);
  });
});
