import { hash as digestOf } from 'node:crypto';

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

type Expectations = Parameters<typeof checkIdToken>[1];

function check(claims: JsonObject, header: JsonObject = { alg: 'RS256' }, changed: Partial<Expectations> = {}) {
  // Only the signature verification makes these. Here one is made without it.
  const token = { header, claims, accessToken: 'token', code: 'code' } as unknown as SignedIdToken;
  return checkIdToken(token, { ...expected, ...changed });
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

function leftHalf(algorithm: string, value: string): string {
  const digest = digestOf(algorithm, value, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

it.each<[JsonObject, Partial<Expectations>]>([
  [{ aud: ['client'] }, {}],
  [{ aud: ['client', 'api'], azp: 'client' }, { trustedAudiences: ['api'] }],
  [{ exp: nowSeconds - 59 }, {}],
  [{ nbf: nowSeconds + 60 }, {}],
  [{ iat: nowSeconds + 60 }, {}],
  [{ iat: nowSeconds - 600 }, {}],
  [{ exp: Number.MAX_SAFE_INTEGER }, {}],
  [{ auth_time: 0 }, {}],
  [{ auth_time: nowSeconds - 160 }, { authTimeMin: nowSeconds - 100 }],
  [{ auth_time: nowSeconds + 60 }, { authTimeMin: nowSeconds - 100 }],
  [{ acr: 'mfa' }, { acrValues: ['phr', 'mfa'] }],
  [{ sub: 's'.repeat(255) }, {}],
  [{ at_hash: leftHalf('sha256', 'token') }, {}],
  [{ at_hash: `${leftHalf('sha256', 'token')}==` }, {}],
  [{ c_hash: leftHalf('sha256', 'code') }, {}],
  [{ s_hash: leftHalf('sha256', 'state') }, {}],
  [{ department: 'sales' }, { requiredClaims: { department: 'sales' } }],
])('accepts the claims %j with the expectations %j', (change, changed) => {
  expect(() => check({ ...good, ...change }, undefined, changed)).not.toThrow();
});

it.each([
  ['EdDSA', 'sha512'],
  ['EdDSA', 'sha256'],
  ['ES384', 'sha384'],
  ['PS512', 'sha512'],
] as const)('accepts the at_hash of an %s token that is made with %s', (algorithm, name) => {
  const claims = { ...good, at_hash: leftHalf(name, 'token') };
  expect(() => check(claims, { alg: algorithm }, { algorithm })).not.toThrow();
});

it.each<[JsonObject, Partial<Expectations>, string, string]>([
  [{ aud: ['client', 'other'], azp: 'client' }, { trustedAudiences: ['api'] }, 'id_token_invalid', 'aud'],
  [{ aud: 'api' }, { trustedAudiences: ['api'] }, 'id_token_invalid', 'aud'],
  [{ aud: ['api'] }, { trustedAudiences: ['api'] }, 'id_token_invalid', 'aud'],
  [{ exp: String(nowSeconds + 300) }, {}, 'id_token_invalid', 'exp'],
  [{ aud: ['client', 'api'] }, { trustedAudiences: ['api'] }, 'id_token_invalid', 'azp'],
  [{ exp: 0 }, {}, 'id_token_invalid', 'exp'],
  [{ exp: -1 }, {}, 'id_token_invalid', 'exp'],
  [{ nbf: 'now' }, {}, 'id_token_invalid', 'nbf'],
  [{ exp: nowSeconds - 60 }, {}, 'id_token_not_current', 'exp'],
  [{ nbf: nowSeconds + 61 }, {}, 'id_token_not_current', 'nbf'],
  [{ iat: nowSeconds + 61 }, {}, 'id_token_not_current', 'iat'],
  [{ iat: nowSeconds - 601 }, {}, 'id_token_not_current', 'iat'],
  [{}, { authTimeMin: nowSeconds - 100 }, 'id_token_invalid', 'auth_time'],
  [{ auth_time: 0 }, { authTimeMin: nowSeconds - 100 }, 'id_token_invalid', 'auth_time'],
  [{ auth_time: nowSeconds - 161 }, { authTimeMin: nowSeconds - 100 }, 'authentication_too_old', 'auth_time'],
  [{ auth_time: nowSeconds + 61 }, { authTimeMin: nowSeconds - 100 }, 'authentication_too_old', 'auth_time'],
  [{}, { acrValues: ['mfa'] }, 'authentication_too_weak', 'acr'],
  [{ acr: 'password' }, { acrValues: ['mfa'] }, 'authentication_too_weak', 'acr'],
  [{ acr: ['mfa'] }, { acrValues: ['mfa'] }, 'authentication_too_weak', 'acr'],
  [{ at_hash: leftHalf('sha512', 'token') }, {}, 'id_token_invalid', 'at_hash'],
  [{ at_hash: 7 }, {}, 'id_token_invalid', 'at_hash'],
  [{ c_hash: leftHalf('sha256', 'token') }, {}, 'id_token_invalid', 'c_hash'],
  [{ s_hash: leftHalf('sha256', 'code') }, {}, 'id_token_invalid', 's_hash'],
  [{ sub: 's'.repeat(256) }, {}, 'subject_invalid', 'sub'],
  [{ sub: ' ' }, {}, 'subject_invalid', 'sub'],
  [{ sub: 'a\u202Eb' }, {}, 'subject_invalid', 'sub'],
  [{ sub: 'a\nb' }, {}, 'subject_invalid', 'sub'],
  [{}, { requiredClaims: { department: 'sales' } }, 'required_claim_missing', 'required_claims'],
  [{ department: 'it' }, { requiredClaims: { department: 'sales' } }, 'required_claim_missing', 'required_claims'],
])('rejects the claims %j with the expectations %j as %s', (change, changed, code, name) => {
  expect(() => check({ ...good, ...change }, undefined, changed)).toThrow(
    expect.objectContaining({ code, meta: expect.objectContaining({ check: name }) }),
  );
});

it.each([
  [{ exp: nowSeconds * 1000, iat: nowSeconds * 1000 }, 'iat'],
  [{ nbf: nowSeconds * 1000 }, 'nbf'],
])('explains that the times %j are milliseconds', (change, name) => {
  expect(() => check({ ...good, ...change })).toThrow(
    expect.objectContaining({ meta: expect.objectContaining({ check: name, reason: 'milliseconds' }) }),
  );
});
