import { generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { createProviderKey, signClaims } from '../../support/faulty-idp-keys.ts';
import type { Claims } from '../../support/faulty-idp.ts';
import { attempt, withProvider, type AttemptOptions } from './attempt.ts';

const withKeys = (change: (keys: Claims[]) => unknown, options: AttemptOptions = {}) =>
  attempt({ ...options, mutate: { ...options.mutate, keys: ({ keys }) => ({ keys: change(keys) }) } });
const without = (key: Claims | undefined, ...names: string[]) =>
  Object.fromEntries(Object.entries(key ?? {}).filter(([name]) => !names.includes(name)));

async function publicJwks(
  algorithms: readonly ('RS256' | 'ES256' | 'EdDSA')[],
  changes: Claims = {},
): Promise<Claims[]> {
  const keys = await Promise.all(algorithms.map((algorithm) => createProviderKey(algorithm, 'other', '')));
  return keys.map(({ publicJwk }) => ({ ...publicJwk, ...changes }));
}

describe('a published key', () => {
  it.each<[string, Claims]>([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'ES256' }],
    ['that may not verify', { key_ops: ['encrypt'] }],
    ['whose operations are no list', { key_ops: 'verify' }],
    ['with another kid', { kid: 'another' }],
    ['published with its private half', { d: 'AAAA' }],
    ['of another issuer', { issuer: 'https://other.example' }],
    ['of an issuer that is no text', { issuer: 7 }],
  ])('%s verifies nothing', async (_what, change) => {
    const spare = await publicJwks(['ES256']);
    const { code } = await withKeys((keys) => [{ ...keys[0], ...change }, ...spare]);
    expect(code).toBe('id_token_signature_invalid');
  });

  it.each<[string, Claims]>([
    ['without a use', { use: undefined }],
    ['without an algorithm', { alg: undefined }],
    ['by its newer name', { alg: 'Ed25519' }],
    ['that says it verifies', { key_ops: ['verify'] }],
  ])('uses %s', async (_what, change) => {
    expect((await withKeys((keys) => [{ ...keys[0], ...change }])).code).toBe('signed_in');
  });

  it.each<[string, (issuer: string) => string, string]>([
    ['this issuer', (issuer) => issuer, 'signed_in'],
    ['any tenant of it', (issuer) => issuer.replace('tenant-7', '{tenantid}'), 'signed_in'],
    ['another tenant', (issuer) => issuer.replace('tenant-7', 'tenant-8'), 'id_token_signature_invalid'],
    ['any tenant of another', (issuer) => issuer.replace('tenant-7', '{tenantid}/x'), 'id_token_signature_invalid'],
  ])('marked as of %s is used as it should', async (_what, mark, code) => {
    const spare = await publicJwks(['ES256']);
    await withProvider({ issuerPath: '/tenant-7/v2.0' }, async ({ idp, signIn }) => {
      const issuer = mark(idp.issuer);
      idp.mutate({ keys: ({ keys }) => ({ keys: [...keys.map((key) => ({ ...key, issuer })), ...spare] }) });
      expect((await signIn()).code).toBe(code);
    });
  });

  it('H061: rejects a signature by an RSA key that is too short', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1' };
    const spare = await publicJwks(['ES256']);
    const { code } = await withKeys(() => [jwk, ...spare], {
      algorithm: 'RS256',
      mutate: {
        sign: (claims) => {
          const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
          const input = `${encode({ alg: 'RS256', kid: 'key-1' })}.${encode(claims)}`;
          return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
        },
      },
    });
    expect(code).toBe('id_token_signature_invalid');
  });
});

describe('a JWK Set', () => {
  it('works with one usable key among unusable entries', async () => {
    const junk = [null, 7, 'x', [], {}, { kty: 'oct', k: 'AAAA' }, { kty: 'RSA', n: '!!', e: 'AQAB', kid: 'key-1' }];
    expect((await withKeys((keys) => [...junk, ...keys])).code).toBe('signed_in');
  });

  it('selects the key that fits the algorithm if a kid appears twice', async () => {
    const decoys = await publicJwks(['RS256', 'ES256'], { kid: 'key-1' });
    expect((await withKeys((keys) => [...decoys, ...keys])).code).toBe('signed_in');
  });

  it('selects the key that signed if a kid appears twice on keys of one type', async () => {
    const decoys = await publicJwks(['EdDSA', 'EdDSA'], { kid: 'key-1' });
    expect((await withKeys((keys) => [...decoys, ...keys])).code).toBe('signed_in');
  });

  it('works without kids for a token without one', async () => {
    const others = await publicJwks(['RS256', 'ES256'], { kid: undefined });
    const encrypting = await publicJwks(['EdDSA'], { kid: undefined, use: 'enc' });
    const result = await withKeys((keys) => [...others, ...encrypting, without(keys[0], 'kid', 'alg')], {
      mutate: { sign: (claims, key) => signClaims(key, claims, { kid: undefined }) },
    });
    expect(result.code).toBe('signed_in');
  });

  it('works without kids for several keys of one type', async () => {
    const others = await publicJwks(['EdDSA', 'EdDSA'], { kid: undefined });
    const result = await withKeys((keys) => [...others, without(keys[0], 'kid')], {
      mutate: { sign: (claims, key) => signClaims(key, claims, { kid: undefined }) },
    });
    expect(result.code).toBe('signed_in');
  });

  it('is read up to the limits if it has thousands of keys', async () => {
    const [other] = await publicJwks(['EdDSA'], { kid: undefined });
    const many = Array.from({ length: 1_500 }, () => other);
    const options = {
      mutate: { sign: (claims: Claims, key: Parameters<typeof signClaims>[0]) => signClaims(key, claims) },
    };
    expect((await withKeys((keys) => [...keys, ...many], options)).code).toBe('signed_in');
    expect((await withKeys((keys) => [...many, ...keys], options)).code).toBe('id_token_signature_invalid');
  });

  it.each([
    ['empty', { keys: [] }],
    ['of symmetric keys alone', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' }] }],
    ['that is no set', { keys: 'x' }],
    ['that is nothing', {}],
  ])('reports %s as a fault of the provider', async (_what, jwks) => {
    const { code, meta } = await attempt({ mutate: { keys: () => jwks } });
    expect([code, meta['reason']]).toEqual(['idp_response_invalid', 'no_usable_key']);
  });
});

describe('a key rotation at the provider', () => {
  it('does not fail the next sign-in, which fetches the keys once more', async () => {
    await withProvider({}, async ({ idp, signIn }) => {
      expect((await signIn()).code).toBe('signed_in');
      await idp.rotateKeys();
      expect((await signIn()).code).toBe('signed_in');
      expect(idp.count('keys')).toBe(2);
      expect((await signIn()).code).toBe('signed_in');
      expect(idp.count('keys')).toBe(2);
    });
  });

  it('does not fail concurrent sign-ins, which share one fetch', async () => {
    await withProvider({}, async ({ idp, signIn }) => {
      await signIn();
      await idp.rotateKeys();
      const results = await Promise.all(Array.from({ length: 9 }, () => signIn()));
      expect(new Set(results.map(({ code }) => code))).toEqual(new Set(['signed_in']));
      expect(idp.count('keys')).toBe(2);
    });
  });

  it('works without kids, and with a kid that stays the same', async () => {
    for (const kid of [undefined, 'same']) {
      const signAs = (claims: Claims, key: Parameters<typeof signClaims>[0]) => signClaims(key, claims, { kid });
      const keys = (jwks: { keys: Claims[] }) => ({ keys: jwks.keys.map((key) => ({ ...key, kid })) });
      await withProvider({ mutate: { sign: signAs, keys } }, async ({ idp, signIn }) => {
        expect((await signIn()).code).toBe('signed_in');
        await idp.rotateKeys();
        expect((await signIn()).code).toBe('signed_in');
      });
    }
  });

  it('rejects a withdrawn key as soon as the keys are fetched again', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await signIn();
      const spare = await publicJwks(['EdDSA']);
      idp.mutate({ keys: () => ({ keys: spare }) });
      clock.advance(20 * 60_000);
      await signIn(); // Starts the fetch in the background.
      expect((await signIn()).code).toBe('id_token_signature_invalid');
    });
  });
});

describe('a token with an unknown kid', () => {
  it('fetches the keys once per interval, not once per token', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await signIn();
      let number = 0;
      idp.mutate({
        sign: (claims, key) => {
          number += 1;
          return signClaims(key, claims, { kid: `unknown-${number}` });
        },
      });
      for (let index = 0; index < 5; index += 1) {
        expect((await signIn()).code).toBe('id_token_signature_invalid');
      }
      expect(idp.count('keys')).toBe(2);
      clock.advance(5_000);
      await signIn();
      expect(idp.count('keys')).toBe(3);
    });
  });

  it('cannot be verified while the keys cannot be fetched, but known keys still work', async () => {
    await withProvider({}, async ({ idp, signIn }) => {
      await signIn();
      idp.mutate({ reply: { keys: (reply) => ({ ...reply, status: 503 }) } });
      idp.mutate({ sign: (claims, key) => signClaims(key, claims, { kid: 'unknown' }) });
      expect((await signIn()).code).toBe('idp_unreachable');
      idp.mutate({ sign: undefined });
      expect((await signIn()).code).toBe('signed_in');
    });
  });

  it('does not replace the last good JWK Set by an empty one', async () => {
    await withProvider({}, async ({ idp, signIn }) => {
      await signIn();
      idp.mutate({ keys: () => ({ keys: [] }), sign: (claims, key) => signClaims(key, claims, { kid: 'unknown' }) });
      expect((await signIn()).code).toBe('idp_response_invalid');
      idp.mutate({ sign: undefined });
      expect((await signIn()).code).toBe('signed_in');
    });
  });
});
