import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { signClaims } from '../support/faulty-idp-keys.ts';
import type { FaultyIdpOptions, Mutations } from '../support/faulty-idp.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import { engines } from '../support/databases.ts';
import { expectAdmitted, expectHeld, expectSignedIn } from './hostile-scene.ts';
import { type OrganizationOptions, useLoginScene } from '../support/login-scene.ts';

/** Providers of an unknown vendor that imitate a vendor's issuer and endpoints. */
const vendors: Readonly<Record<string, FaultyIdpOptions>> = {
  Keycloak: {
    issuerPath: '/realms/acme',
    paths: {
      authorization: '/realms/acme/protocol/openid-connect/auth',
      token: '/realms/acme/protocol/openid-connect/token',
    },
  },
  'AD FS': { issuerPath: '/adfs', paths: { keys: '/adfs/discovery/keys' } },
  ZITADEL: { paths: { authorization: '/oauth/v2/authorize', keys: '/oauth/v2/keys' } },
  GitLab: {
    paths: { authorization: '/oauth/authorize', keys: '/oauth/discovery/keys' },
    mutate: { discovery: (good) => ({ ...good, scopes_supported: ['api', 'read_user', 'openid'] }) },
  },
  Authelia: { paths: { authorization: '/api/oidc/authorization', token: '/api/oidc/token' } },
};

const attacks: readonly (readonly [what: string, code: ErrorCode, mutate: Mutations])[] = [
  [
    'a second audience',
    'id_token_invalid',
    { idTokenClaims: ({ aud, ...claims }) => ({ ...claims, aud: [aud, 'the-project'], azp: aud }) },
  ],
  [
    'an issuer that only resembles the configured one',
    'id_token_invalid',
    { idTokenClaims: (claims) => ({ ...claims, iss: `${String(claims['iss'])}/` }) },
  ],
  [
    'a token of an hour ago',
    'id_token_not_current',
    {
      idTokenClaims: (claims) => ({ ...claims, exp: Number(claims['exp']) - 3600, iat: Number(claims['iat']) - 3600 }),
    },
  ],
  [
    'a signature without a key',
    'id_token_signature_invalid',
    { sign: async (claims, key) => `${(await signClaims(key, claims)).slice(0, -12)}AAAAAAAAAAAA` },
  ],
];

describe('a provider that imitates a well-known one', () => {
  const scene = useLoginScene('sqlite');

  describe.each(Object.entries(vendors))('that imitates %s', (_vendor, idp) => {
    it.each(attacks)('H319: %s is rejected', async (_what, code, mutate) => {
      await expectHeld(scene, code, { idp: { ...idp, mutate: { ...idp.mutate, ...mutate } } });
    });

    it('H319: signs users in if it behaves correctly', async () => {
      await expectAdmitted(scene, { idp });
    });
  });
});

describe.each(engines)('a server with the endpoints of GitLab (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const doorkeeper: FaultyIdpOptions = {
    paths: { authorization: '/oauth/authorize', token: '/oauth/token', keys: '/oauth/discovery/keys' },
  };
  const asGitlab: Mutations = {
    discovery: (good) => ({ ...good, scopes_supported: ['api', 'read_user', 'openid', 'profile', 'email'] }),
  };
  /** The group that a member joins if the ID token and userinfo name different ones. */
  async function joinedWith(options: OrganizationOptions, claims: { token?: string; userinfo?: string }) {
    const organization = await scene.addOrganization({
      ...options,
      config: { manageGroupMemberships: true, ...options.config },
    });
    for (const name of ['of-token', 'of-userinfo']) {
      const json = { name, organizationId: organization.id };
      await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    }
    const named = (group?: string) => (group === undefined ? {} : { groups: [group] });
    organization.idp.mutate({
      idTokenClaims: ({ groups: _groups, ...good }) => ({ ...good, ...named(claims.token) }),
      userinfo: ({ groups: _groups, ...good }) => ({ ...good, ...named(claims.userinfo) }),
    });
    await expectSignedIn(scene, organization);
    return { organization, joined: (await attemptRecords(scene).newest(organization)).groups?.added };
  }

  it('H364: reads groups from the ID token if it is not GitLab', async () => {
    const { joined } = await joinedWith({ idp: doorkeeper }, { token: 'of-token' });
    expect(joined).toEqual(['of-token']);
  });

  it('H364: reads groups from userinfo first if it is GitLab, then from the ID token', async () => {
    const idp = { ...doorkeeper, mutate: asGitlab };
    expect((await joinedWith({ idp }, { token: 'of-token', userinfo: 'of-userinfo' })).joined).toEqual(['of-userinfo']);
    expect((await joinedWith({ idp }, { token: 'of-token' })).joined).toEqual(['of-token']);
  });

  it('H364: an admin who sets the default explicitly overrides the profile, also after other changes', async () => {
    const idp = { ...doorkeeper, mutate: asGitlab };
    const claims = { token: 'of-token', userinfo: 'of-userinfo' };
    const { organization, joined } = await joinedWith({ idp, config: { groupsSource: 'automatic' } }, claims);
    expect(joined).toEqual(['of-token']);
    await scene.changeConfig(organization, { clockToleranceSeconds: 30 });
    await expectSignedIn(scene, organization);
    expect((await attemptRecords(scene).newest(organization)).groups?.removed).toEqual([]);
  });

  it('H364: an admin who changes back to the default also overrides the profile', async () => {
    const idp = { ...doorkeeper, mutate: asGitlab };
    const claims = { token: 'of-token', userinfo: 'of-userinfo' };
    const { organization, joined } = await joinedWith({ idp }, claims);
    expect(joined).toEqual(['of-userinfo']);
    expect((await scene.changeConfig(organization, { groupsSource: 'automatic' })).status).toBe(200);
    await expectSignedIn(scene, organization);
    expect((await attemptRecords(scene).newest(organization)).groups?.added).toEqual(['of-token']);
  });
});
