import { createPublicKey } from 'node:crypto';

import { beforeAll, describe, it } from 'vitest';

import type { ErrorCode } from '../../../src/contract/errors.ts';
import { createProviderKey, signClaims } from '../../support/faulty-idp-keys.ts';
import { type OrganizationOptions, useLoginScene } from '../../support/login-scene.ts';
import { expectHeld } from '../hostile-scene.ts';
import { changedAfterSigning, encode, mac, type Sign, signedWithHeader, unsigned } from '../token-forgery.ts';

const signing = (sign: Sign): OrganizationOptions => ({ idp: { mutate: { sign } } });
const keyedWith = (secret: string): OrganizationOptions => ({
  algorithm: 'HS256',
  ...signing((claims) => mac({ alg: 'HS256' }, claims, secret)),
});
const publicKeyAsSecret = (format: 'pem' | 'der'): OrganizationOptions => ({
  algorithm: 'RS256',
  ...signing((claims, key) => {
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' });
    return mac({ alg: 'HS256', kid: key.kid }, claims, Buffer.from(publicKey.export({ format, type: 'spki' })));
  }),
});
/** The published key, altered, beside a valid one of another type, so that the JWK Set stays usable. */
const published = (change: object): OrganizationOptions => ({
  idp: {
    mutate: {
      keys: ({ keys }) => ({ keys: [...keys.map((key) => ({ ...key, ...change })), rsaSpare] }),
    },
  },
});
let rsaSpare: object = {};

type Case = readonly [title: string, code: ErrorCode, options: OrganizationOptions];

const cases: readonly Case[] = [
  ['H049: alg none without a signature', 'id_token_invalid', signing(unsigned({ alg: 'none' }))],
  [
    'H049: alg nOnE with something for a signature',
    'id_token_algorithm_mismatch',
    signing(async (claims, key) => `${await unsigned({ alg: 'nOnE' })(claims, key)}AAAA`),
  ],
  [
    'H049: no alg at all',
    'id_token_algorithm_mismatch',
    signing(async (claims, key) => `${await unsigned({ typ: 'JWT' })(claims, key)}AAAA`),
  ],
  ['H050: a MAC keyed with the public key as PEM', 'id_token_algorithm_mismatch', publicKeyAsSecret('pem')],
  ['H050: a MAC keyed with the public key as DER', 'id_token_algorithm_mismatch', publicKeyAsSecret('der')],
  [
    'H051: a good signature of another supported algorithm',
    'id_token_algorithm_mismatch',
    { algorithm: 'ES256', config: { jwtSignatureAlgorithm: 'RS256' } },
  ],
  [
    'H052: Ed448 where EdDSA is configured',
    'id_token_algorithm_mismatch',
    { algorithm: 'EdDSA', ...signing(signedWithHeader({ alg: 'Ed448' })) },
  ],
  [
    'H053: keys in the header itself',
    'id_token_signature_invalid',
    signing(async (claims) => {
      const foreign = await createProviderKey('ES256', 'key-1', '');
      return signClaims(foreign, claims, { jwk: foreign.publicJwk, jku: 'http://127.0.0.1:1/', x5c: ['AAAA'] });
    }),
  ],
  ['H054: a kid that is a number', 'id_token_invalid', signing(signedWithHeader({ kid: 7 }))],
  ['H054: a kid that is an object', 'id_token_invalid', signing(signedWithHeader({ kid: { a: 1 } }))],
  ['H054: a kid that is too long', 'id_token_invalid', signing(signedWithHeader({ kid: 'k'.repeat(257) }))],
  [
    'H054: a kid with SQL, a path and a line break',
    'id_token_signature_invalid',
    signing(signedWithHeader({ kid: "../'; drop table users; --\r\n" })),
  ],
  ['H055: an unknown critical header', 'id_token_invalid', signing(signedWithHeader({ crit: ['exp'], exp: 1 }))],
  ['H055: an unencoded payload', 'id_token_invalid', signing(signedWithHeader({ b64: false, crit: ['b64'] }))],
  ['H055: a compressed payload', 'id_token_invalid', signing(signedWithHeader({ zip: 'DEF' }))],
  ['H056: a key that is for encryption', 'id_token_signature_invalid', published({ use: 'enc' })],
  ['H056: a key that is for another algorithm', 'id_token_signature_invalid', published({ alg: 'ES384' })],
  ['H056: a key that may not verify', 'id_token_signature_invalid', published({ key_ops: ['encrypt'] })],
  ['H059: a private key in the set', 'id_token_signature_invalid', published({ d: 'AAAA' })],
  [
    'H062: an ECDSA signature of zeros',
    'id_token_signature_invalid',
    signing(
      (claims) =>
        `${encode({ alg: 'ES256', kid: 'key-1' })}.${encode(claims)}.${Buffer.alloc(64).toString('base64url')}`,
    ),
  ],
  [
    'H063: an empty signature',
    'id_token_invalid',
    signing(changedAfterSigning((token) => token.replace(/[^.]+$/, ''))),
  ],
  [
    'H063: a signature that was cut short',
    'id_token_signature_invalid',
    signing(changedAfterSigning((token) => token.slice(0, -8))),
  ],
  ['H063: padding after the signature', 'id_token_invalid', signing(changedAfterSigning((token) => `${token}==`))],
  [
    'H063: bytes after the signature',
    'id_token_signature_invalid',
    signing(changedAfterSigning((token) => `${token}AAAA`)),
  ],
  [
    'H064: the JSON serialization',
    'id_token_invalid',
    signing(
      changedAfterSigning((token) => {
        const [header, payload, signature] = token.split('.');
        return JSON.stringify({ payload, protected: header, signature });
      }),
    ),
  ],
  ['H064, H065: an encrypted token', 'id_token_invalid', signing(() => 'eyJhbGciOiJQQkVTMi1IUzI1NiJ9.b.c.d.e')],
  ['H067: a MAC keyed with nothing', 'id_token_signature_invalid', keyedWith('')],
  ['H067: a MAC keyed with the text null', 'id_token_signature_invalid', keyedWith('null')],
  ['H067: a MAC keyed with the client id', 'id_token_signature_invalid', keyedWith('sallyport-client')],
  [
    'H069: a key that is marked as of another issuer',
    'id_token_signature_invalid',
    published({ issuer: 'https://x.example' }),
  ],
];

describe('a hostile signature', () => {
  const scene = useLoginScene('sqlite');
  beforeAll(async () => {
    rsaSpare = { ...(await createProviderKey('RS256', 'spare', '')).publicJwk };
  });

  it.each(cases)('%s', async (_title, code, options) => {
    await expectHeld(scene, code, options);
  });
});
