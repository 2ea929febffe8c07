import { expect, it } from 'vitest';

import type { JsonObject } from '../bounded-json.ts';
import { checkIdToken } from './id-token-checks.ts';
import type { SignedIdToken } from './verify-signature.ts';

// Tests this server's own checks without the library after them.

const nowSeconds = 1_795_507_200;
const expected = {
  algorithm: 'RS256',
  issuer: 'https://idp.example',
  clientId: 'client',
  trustedAudiences: [],
  authTimeMin: undefined,
  acrValues: [],
  requiredClaims: {},
  nonce: 'nonce',
  state: 'state',
  nowSeconds,
  toleranceSeconds: 60,
} as const;
const good = {
  iss: 'https://idp.example',
  aud: 'client',
  sub: 'subject',
  nonce: 'nonce',
  iat: nowSeconds,
  exp: nowSeconds + 300,
};

function check(claims: JsonObject, header: JsonObject = { alg: 'RS256' }) {
  // Only the signature verification makes these. Here one is made without it.
  const token = { header, claims, accessToken: 'token', code: 'code' } as unknown as SignedIdToken;
  return checkIdToken(token, expected);
}

it('accepts a valid ID token', () => {
  expect(check(good).subject).toBe('subject');
});

it.each<[JsonObject, string]>([
  [{ iss: 'https://idp.example/' }, 'iss'],
  [{ iss: ['https://idp.example'] }, 'iss'],
  [{ iss: undefined }, 'iss'],
  [{ aud: 'other' }, 'aud'],
  [{ aud: undefined }, 'aud'],
  [{ aud: [] }, 'aud'],
  [{ aud: ['client', 'other'] }, 'aud'],
  [{ azp: 'other' }, 'azp'],
  [{ exp: undefined }, 'exp'],
  [{ exp: nowSeconds - 60 }, 'exp'],
  [{ exp: Number.NaN }, 'exp'],
  [{ exp: Number.POSITIVE_INFINITY }, 'exp'],
  [{ nbf: nowSeconds + 61 }, 'nbf'],
  [{ iat: undefined }, 'iat'],
  [{ iat: '0' }, 'iat'],
  [{ iat: nowSeconds + 61 }, 'iat'],
  [{ iat: nowSeconds - 601 }, 'iat'],
  [{ auth_time: 'now' }, 'auth_time'],
  [{ nonce: undefined }, 'nonce'],
  [{ nonce: 'other' }, 'nonce'],
  [{ nonce: ['nonce'] }, 'nonce'],
  [{ at_hash: 'x' }, 'at_hash'],
  [{ events: {} }, 'events'],
])('rejects the claims %j with the check named %s', (change, name) => {
  expect(() => check({ ...good, ...change })).toThrow(
    expect.objectContaining({
      code: expect.stringMatching(/^id_token_/),
      meta: expect.objectContaining({ check: name }),
    }),
  );
});

it.each<[unknown, string]>([
  [undefined, 'subject_invalid'],
  ['', 'subject_invalid'],
  [7, 'subject_invalid'],
])('rejects the subject %j', (sub, code) => {
  expect(() => check({ ...good, sub })).toThrow(expect.objectContaining({ code }));
});

it.each([{ exp: undefined }, { exp: 1e308 }, { iat: undefined }, { iat: '0' }])(
  'calls the claims %j invalid instead of expired, because no clock would help',
  (change) => {
    expect(() => check({ ...good, ...change })).toThrow(expect.objectContaining({ code: 'id_token_invalid' }));
  },
);

it('reads only own properties of the claims', () => {
  const { nonce: _nonce, ...rest } = good;
  expect(() => check(Object.assign(Object.create({ nonce: 'nonce' }), rest))).toThrow(
    expect.objectContaining({ code: 'id_token_invalid' }),
  );
});

it.each([{ alg: 'RS512' }, { alg: 'none' }, {}, { alg: 'HS256' }])('rejects the header %j', (header) => {
  expect(() => check(good, header)).toThrow(expect.objectContaining({ code: 'id_token_algorithm_mismatch' }));
});

it('records nothing that identifies the user', () => {
  try {
    check({ ...good, sub: 7, email: 'alice@acme.example' });
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify(error)).not.toContain('alice');
  }
});
