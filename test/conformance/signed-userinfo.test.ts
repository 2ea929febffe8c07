import { describe, expect, it } from 'vitest';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import { createProviderKey, type ProviderKey, signClaims } from '../support/faulty-idp-keys.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type OrganizationOptions, useLoginScene } from '../support/login-scene.ts';
import { expectAdmitted, expectHeld, expectSignedIn } from './hostile-scene.ts';
import { encode, mac } from './token-forgery.ts';

/** Userinfo as a signed token, with one property altered. */
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
  ['without a key', (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`],
  ['with a MAC', (claims, key) => mac({ alg: 'HS256', kid: key.kid }, claims, 'a secret')],
  ['by another key', async (claims) => signClaims(await createProviderKey('ES256', 'key-1', ''), claims)],
  [
    'with another algorithm by a published key',
    async (claims) => signClaims(await createProviderKey('RS256', 'key-1', ''), claims),
  ],
  ['for another audience', (claims, key) => signClaims(key, { ...claims, aud: 'another-client' })],
  ['by another issuer', (claims, key) => signClaims(key, { ...claims, iss: 'https://evil.example' })],
  ['with an exp in the past', (claims, key) => signClaims(key, { ...claims, exp: Date.parse('2026-11-23') / 1000 })],
  ['with an nbf in the future', (claims, key) => signClaims(key, { ...claims, nbf: Date.parse('2026-11-25') / 1000 })],
];

describe('userinfo in a signed token', () => {
  const scene = useLoginScene('sqlite');

  it('H146: accepts a userinfo response with a valid signature', async () => {
    await expectAdmitted(
      scene,
      signedUserinfo((claims, key) => signClaims(key, claims)),
    );
  });

  it.each(badlySigned)('H146: rejects a userinfo response that is signed %s', async (_what, change) => {
    await expectHeld(scene, 'idp_response_invalid', signedUserinfo(change));
  });

  it('H361: accepts a userinfo response signed with another key of the JWK Set', async () => {
    const other = await createProviderKey('ES256', 'key-of-userinfo', '');
    const options = signedUserinfo((claims) => signClaims(other, claims));
    const keys = ({ keys: published }: { keys: Claims[] }) => ({ keys: [...published, { ...other.publicJwk }] });
    const organization = await expectAdmitted(scene, { idp: { mutate: { ...options.idp?.mutate, keys } } });
    await expectSignedIn(scene, organization);
  });

  it('H361: accepts a userinfo response signed with a newly rotated key at once', async () => {
    const next = await createProviderKey('ES256', 'key-after-rotation', '');
    let isRotated = false;
    const options = signedUserinfo((claims, key) => signClaims(isRotated ? next : key, claims));
    const keys = ({ keys: published }: { keys: Claims[] }) => ({
      keys: isRotated ? [...published, { ...next.publicJwk }] : published,
    });
    const organization = await expectAdmitted(scene, { idp: { mutate: { ...options.idp?.mutate, keys } } });
    isRotated = true;
    await expectSignedIn(scene, organization);
    expect(organization.idp.count('keys')).toBe(2);
  });

  it.each<[registered: SignatureAlgorithm, ofIdTokens: SignatureAlgorithm]>([
    ['RS256', 'ES256'],
    ['PS256', 'EdDSA'],
    ['ES256', 'HS256'],
    ['HS256', 'ES256'],
    ['HS256', 'HS256'],
  ])(
    'H361: accepts userinfo signed with %s and ID tokens signed with %s, as registered',
    async (registered, algorithm) => {
      const clientSecret = 'a client secret of more than 32 bytes';
      const other = await createProviderKey(registered, 'key-of-userinfo', clientSecret);
      const keys = ({ keys: published }: { keys: Claims[] }) => ({
        keys: [...published, ...(other.publicJwk === undefined ? [] : [{ ...other.publicJwk }])],
      });
      const at = (change: Parameters<typeof signedUserinfo>[0]): OrganizationOptions => ({
        algorithm,
        config: { userinfoSignedResponseAlg: registered },
        idp: { clientSecret, mutate: { ...signedUserinfo(change).idp?.mutate, keys } },
      });
      const organization = await expectAdmitted(
        scene,
        at((claims) => signClaims(other, claims)),
      );
      await expectSignedIn(scene, organization);
      const foreign = await createProviderKey(registered, 'key-of-userinfo', 'another secret of more than 32 bytes');
      for (const change of [
        (claims: Claims) => signClaims(foreign, claims),
        (claims: Claims) => signClaims(other, { ...claims, aud: 'another-client' }),
        (claims: Claims) => signClaims(other, { ...claims, iss: 'https://evil.example' }),
      ]) {
        await expectHeld(scene, 'idp_response_invalid', at(change));
      }
    },
  );

  it('H361: rejects an algorithm other than the registered one, even by a published key', async () => {
    const other = await createProviderKey('RS256', 'key-of-userinfo', '');
    const options = signedUserinfo((claims) => signClaims(other, claims));
    const keys = ({ keys: published }: { keys: Claims[] }) => ({ keys: [...published, { ...other.publicJwk }] });
    await expectHeld(scene, 'idp_response_invalid', { idp: { mutate: { ...options.idp?.mutate, keys } } });
  });

  it('H361: rejects an unsigned response if a signed one is registered, with or without an address', async () => {
    const config = { userinfoSignedResponseAlg: 'ES256', userinfo: 'always' } as const;
    const organization = await expectHeld(scene, 'idp_response_invalid', { config });
    const { explanation } = await attemptRecords(scene).newest(organization);
    expect(explanation.whatHappened).toContain('not signed');
  });

  it('H361: rejects a wrongly signed response even if the ID token has every claim', async () => {
    const foreign = await createProviderKey('ES256', 'key-1', '');
    const { idp } = signedUserinfo((claims) => signClaims(foreign, claims));
    const mutate = { ...idp?.mutate, idTokenClaims: (claims: Claims) => claims };
    await expectHeld(scene, 'idp_response_invalid', { config: { userinfo: 'always' }, idp: { mutate } });
  });

  it('H144, H146: rejects a validly signed userinfo response of another subject', async () => {
    const options = signedUserinfo((claims, key) => signClaims(key, { ...claims, sub: 'somebody-else' }));
    await expectHeld(scene, 'userinfo_subject_mismatch', options);
  });
});
