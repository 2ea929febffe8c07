import { afterAll, beforeAll, describe, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { signClaims } from '../support/faulty-idp-keys.ts';
import type { FaultyIdpOptions, Mutations } from '../support/faulty-idp.ts';
import { expectAdmitted, expectHeld } from './hostile-scene.ts';
import { type LoginScene, openLoginScene } from '../support/login-scene.ts';

/** Providers of nobody we know, with issuer and endpoints where a vendor has them. */
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
  GitLab: { paths: { authorization: '/oauth/authorize', keys: '/oauth/discovery/keys' } },
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
    'a signature of nobody',
    'id_token_signature_invalid',
    { sign: async (claims, key) => `${(await signClaims(key, claims)).slice(0, -12)}AAAAAAAAAAAA` },
  ],
];

describe('a provider that passes for a well-known one', () => {
  let scene: LoginScene;

  beforeAll(async () => {
    scene = await openLoginScene('sqlite');
  });
  afterAll(() => scene.close());

  describe.each(Object.entries(vendors))('such as %s', (_vendor, idp) => {
    it.each(attacks)('H319: %s is refused', async (_what, code, mutate) => {
      await expectHeld(scene, code, { idp: { ...idp, mutate } });
    });

    it('H319: signs people in when it does nothing wrong', async () => {
      await expectAdmitted(scene, { idp });
    });
  });
});
