import { afterAll, beforeAll, describe, it } from 'vitest';

import { createProviderKey, type ProviderKey, signClaims } from '../support/faulty-idp-keys.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type LoginScene, openLoginScene, type OrganizationOptions } from '../support/login-scene.ts';
import { expectAdmitted, expectHeld } from './hostile-scene.ts';
import { encode, mac } from './token-forgery.ts';

/** Userinfo as a signed token, with something about it changed. */
const signedUserinfo = (
  change: (claims: Claims, key: ProviderKey) => Promise<string> | string,
): OrganizationOptions => {
  let signed = '';
  return {
    idp: {
      mutate: {
        idTokenClaims: ({ email: _email, ...claims }) => claims,
        sign: async (claims, key) => {
          const { iss, aud, sub } = claims;
          signed = await change({ iss, aud, sub, email: 'alice@acme.example' }, key);
          return signClaims(key, claims);
        },
        reply: { userinfo: (reply) => ({ ...reply, headers: { 'content-type': 'application/jwt' }, body: signed }) },
      },
    },
  };
};

const badlySigned: readonly (readonly [what: string, change: Parameters<typeof signedUserinfo>[0]])[] = [
  ['by nobody', (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`],
  ['with a MAC', (claims, key) => mac({ alg: 'HS256', kid: key.kid }, claims, 'a secret')],
  ['by another key', async (claims) => signClaims(await createProviderKey('ES256', 'key-1', ''), claims)],
  [
    'with another algorithm by a published key',
    async (claims) => signClaims(await createProviderKey('RS256', 'key-1', ''), claims),
  ],
  ['for another audience', (claims, key) => signClaims(key, { ...claims, aud: 'another-client' })],
  ['by another issuer', (claims, key) => signClaims(key, { ...claims, iss: 'https://evil.example' })],
];

describe('userinfo as a signed token', () => {
  let scene: LoginScene;

  beforeAll(async () => {
    scene = await openLoginScene('sqlite');
  });
  afterAll(() => scene.close());

  it('H146: userinfo that is signed well is read', async () => {
    await expectAdmitted(
      scene,
      signedUserinfo((claims, key) => signClaims(key, claims)),
    );
  });

  it.each(badlySigned)('H146: userinfo that is signed %s is refused', async (_what, change) => {
    await expectHeld(scene, 'idp_response_invalid', signedUserinfo(change));
  });

  it('H144, H146: userinfo that is signed well, of another subject, is refused', async () => {
    const options = signedUserinfo((claims, key) => signClaims(key, { ...claims, sub: 'somebody-else' }));
    await expectHeld(scene, 'userinfo_subject_mismatch', options);
  });
});
