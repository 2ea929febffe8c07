import { exportJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import { type Logger, silentLogger } from '../../../src/kernel/logger.ts';
import { createProviderKey, signClaims } from '../../support/faulty-idp-keys.ts';
import type { Claims } from '../../support/faulty-idp.ts';
import { type OrganizationOptions, signIn, useLoginScene } from '../../support/login-scene.ts';
import { expectAdmitted, expectHeldAt, expectSignedIn } from '../hostile-scene.ts';

/** The provider's keys with others before and after them. */
const amongOthers = (change: (keys: Claims[]) => unknown[]): OrganizationOptions => ({
  idp: { mutate: { keys: ({ keys }) => ({ keys: change(keys) }) } },
});
const withoutKid = ({ kid: _kid, ...key }: Claims): Claims => key;

describe('a JWK Set', () => {
  let decoys: Claims[];
  const errors: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`),
  };

  const scene = useLoginScene('sqlite', {}, { logger });
  beforeAll(async () => {
    const made = await Promise.all(
      (['RS256', 'EdDSA', 'ES256'] as const).map((algorithm) => createProviderKey(algorithm, 'key-1', '')),
    );
    decoys = made.map(({ publicJwk }) => ({ ...publicJwk }));
  });

  it('H052: accepts EdDSA under its newer name Ed25519', async () => {
    await expectAdmitted(scene, { algorithm: 'EdDSA', idp: { mutate: { idTokenHeader: { alg: 'Ed25519' } } } });
  });

  it('H057: accepts a signature among decoy keys with the same kid', async () => {
    await expectAdmitted(
      scene,
      amongOthers((keys) => [...decoys, ...keys]),
    );
  });

  it('H058: accepts a token without a kid if several keys fit', async () => {
    await expectAdmitted(scene, {
      idp: {
        mutate: {
          keys: ({ keys }) => ({ keys: [...decoys, ...keys].map(withoutKid) }),
          sign: (claims, key) => signClaims(key, claims, { kid: undefined }),
        },
      },
    });
  });

  it('H366: accepts the only key, which has no kid, for a token that names one', async () => {
    const organization = await expectAdmitted(
      scene,
      amongOthers((keys) => keys.map(withoutKid)),
    );
    const forged = await createProviderKey('ES256', 'key-1', '');
    organization.idp.mutate({ sign: (claims) => signClaims(forged, claims) });
    await expectHeldAt(scene, 'id_token_signature_invalid', organization);
  });

  it('H366: uses none of several keys without a kid for a token that names one', async () => {
    const second = await createProviderKey('ES256', 'key-2', '');
    const organization = await scene.addOrganization(
      amongOthers((keys) => [...keys, { ...second.publicJwk }].map(withoutKid)),
    );
    await expectHeldAt(scene, 'id_token_signature_invalid', organization);
  });

  it('H059, H060: skips symmetric and broken entries beside the good key', async () => {
    const junk = [
      null,
      7,
      {},
      { kty: 'oct', k: 'AAAA', kid: 'key-1' },
      { kty: 'RSA', n: '!', e: 'AQAB', kid: 'key-1' },
    ];
    await expectAdmitted(
      scene,
      amongOthers((keys) => [...junk, ...keys]),
    );
  });

  it('H059: does not use a published private key and warns the operator', async () => {
    const leaked = await createProviderKey('ES256', 'leaked', '');
    if (leaked.signingKey instanceof Uint8Array) throw new Error('this needs a private key');
    const published = { ...leaked.publicJwk, ...(await exportJWK(leaked.signingKey)) };
    const { idp, id } = await expectAdmitted(
      scene,
      amongOthers((keys) => [published, ...keys]),
    );
    expect(errors.filter((line) => line.includes(id))).toEqual([
      expect.stringMatching(/^identity provider publishes a private key; the key is not used /u),
    ]);
    expect(errors.join('\n')).not.toContain(String(published.d));
    const forging = await scene.addOrganization({
      idp: {
        mutate: { keys: ({ keys }) => ({ keys: [published, ...keys] }), sign: (claims) => signClaims(leaked, claims) },
      },
    });
    await expectHeldAt(scene, 'id_token_signature_invalid', forging);
    expect(idp.count('keys')).toBe(1);
  });

  it('H068: two organizations with the same client secret each sign in at their own provider', async () => {
    const one = await expectAdmitted(scene, { algorithm: 'HS256' });
    const other = await expectAdmitted(scene, { algorithm: 'HS256' });
    expect(one.idp.clientSecret).toBe(other.idp.clientSecret);
    // One organization's token is presented at the other, whose secret would verify it.
    const stolen: string[] = [];
    one.idp.mutate({
      sign: async (claims, key) => {
        const token = await signClaims(key, claims);
        stolen.push(token);
        return token;
      },
    });
    await expectSignedIn(scene, one);
    other.idp.mutate({ sign: () => stolen[0] ?? '' });
    await expectHeldAt(scene, 'id_token_invalid', other);
  });

  it('H070: accepts keys that rotated just before the token was signed', async () => {
    const organization = await expectAdmitted(scene);
    await organization.idp.rotateKeys();
    await expectSignedIn(scene, organization);
    expect(organization.idp.count('keys')).toBe(2);
  });

  it('H071: rejects a withdrawn key as soon as the keys are fetched again', async () => {
    const organization = await expectAdmitted(scene);
    organization.idp.mutate({ keys: () => ({ keys: decoys.map((key) => ({ ...key, kid: 'new' })) }) });
    scene.clock.advance(20 * 60_000);
    // This sign-in may still use the cached key while the JWK Set is fetched in the background. The next one cannot.
    await signIn(scene, { organization });
    await expectHeldAt(scene, 'id_token_signature_invalid', organization);
  });

  it("H072: never uses one organization's cached keys for another with the same issuer path and kid", async () => {
    const good = await expectAdmitted(scene);
    const foreign = await createProviderKey('ES256', 'key-1', '');
    const organization = await scene.addOrganization({
      idp: { mutate: { sign: (claims) => signClaims(foreign, claims) } },
    });
    await expectHeldAt(scene, 'id_token_signature_invalid', organization);
    await expectSignedIn(scene, good);
  });
});
