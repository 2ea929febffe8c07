import { beforeAll, describe, expect, it } from 'vitest';

import { createProviderKey, signClaims, type ProviderKey } from '../../../test/support/faulty-idp-keys.ts';
import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { readJwkSet, type VerificationKey } from '../discovery/jwk-set.ts';
import type { CheckedIdToken } from './id-token-checks.ts';
import { validateIdToken, validateSignedUserinfo } from './validate-with-library.ts';

// Tests the library without this server's own checks before it.

const issuer = 'https://idp.example';
const nowSeconds = Math.floor(Date.parse('2026-11-24T08:00:00Z') / 1000);
const claims = { iss: issuer, aud: 'client', sub: 's', nonce: 'n', iat: nowSeconds, exp: nowSeconds + 300 };
const expected = {
  issuer,
  clientId: 'client',
  trustedAudiences: [],
  authTimeMin: undefined,
  acrValues: [],
  requiredClaims: {},
  nonce: 'n',
  state: 'state',
  nowSeconds,
  toleranceSeconds: 60,
};

let key: ProviderKey;
let foreign: ProviderKey;
let published: VerificationKey;

beforeAll(async () => {
  key = await createProviderKey('EdDSA', 'key-1', 'a client secret');
  foreign = await createProviderKey('EdDSA', 'key-1', 'a client secret');
  const [first] = readJwkSet({ keys: [key.publicJwk] }, issuer)?.keys ?? [];
  if (first === undefined) throw new Error('the JWK Set has no key');
  published = first;
});

function validate(text: string, algorithm: SignatureAlgorithm = 'EdDSA') {
  // Only checkIdToken makes these. Here one is made without its checks.
  const token = { text, key: published } as unknown as CheckedIdToken;
  return validateIdToken(token, { ...expected, algorithm });
}

const refusal = (code: string, library: string) => ({ code, meta: { step: 'id_token', check: 'library', library } });
const invalidClaims = refusal('id_token_invalid', 'OAUTH_INVALID_RESPONSE');

describe('the validation of an ID token by oauth4webapi', () => {
  it('accepts a token that the published key signed', async () => {
    await expect(validate(await signClaims(key, claims))).resolves.toBeDefined();
  });

  it('rejects a token that a foreign key signed', async () => {
    const token = await signClaims(foreign, claims);
    await expect(validate(token)).rejects.toMatchObject(
      refusal('id_token_signature_invalid', 'OAUTH_INVALID_RESPONSE'),
    );
  });

  it('rejects a token whose key is not known', async () => {
    const token = { text: await signClaims(key, claims), key: undefined } as unknown as CheckedIdToken;
    await expect(validateIdToken(token, { ...expected, algorithm: 'EdDSA' })).rejects.toMatchObject({
      code: 'id_token_signature_invalid',
    });
  });

  it('rejects an unsigned token', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await expect(validate(`${encode({ alg: 'none' })}.${encode(claims)}.`)).rejects.toMatchObject(invalidClaims);
  });

  it.each<SignatureAlgorithm>(['RS256', 'HS256'])('rejects a token of another algorithm than %s', async (algorithm) => {
    await expect(validate(await signClaims(key, claims), algorithm)).rejects.toMatchObject(invalidClaims);
  });

  it.each([
    [{ iss: `${issuer}/` }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
    [{ aud: 'other' }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
    [{ nonce: 'other' }, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
    [{ sub: 7 }, 'OAUTH_INVALID_RESPONSE'],
    [{ exp: nowSeconds - 62 }, 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'],
    [{ nbf: nowSeconds + 120 }, 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'],
  ])('rejects the claims %j', async (change, library) => {
    const token = await signClaims(key, Object.assign({}, claims, change));
    await expect(validate(token)).rejects.toMatchObject(refusal('id_token_invalid', library));
  });

  it('accepts a token that is valid by the clock of this server, whatever the clock of the machine shows', async () => {
    const later = nowSeconds + 10 * 365 * 86_400;
    const text = await signClaims(key, { ...claims, iat: later, exp: later + 300 });
    const token = { text, key: published } as unknown as CheckedIdToken;
    const atThatTime = { ...expected, nowSeconds: later, algorithm: 'EdDSA' } as const;
    await expect(validateIdToken(token, atThatTime)).resolves.toBeDefined();
  });
});

describe('the validation of signed userinfo by oauth4webapi', () => {
  const validateUserinfo = async (signedBy: ProviderKey, change: object = {}) => {
    const text = await signClaims(signedBy, { iss: issuer, aud: 'client', sub: 's', ...change });
    return validateSignedUserinfo({ text, subject: 's', algorithm: 'EdDSA', key: published }, expected);
  };

  it('accepts a response that the published key signed', async () => {
    expect(await validateUserinfo(key)).toBeUndefined();
  });

  it('rejects a response that a foreign key signed', async () => {
    expect(await validateUserinfo(foreign)).toBe('OAUTH_INVALID_RESPONSE');
  });

  it.each([{ iss: 'https://evil.example' }, { aud: 'other' }, { sub: 'other' }, { exp: nowSeconds - 62 }])(
    'rejects the claims %j',
    async (change) => {
      expect(await validateUserinfo(key, change)).toMatch(/^OAUTH_/);
    },
  );
});
