import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { Claims } from '../../support/faulty-idp.ts';
import { attempt, type AttemptOptions } from './attempt.ts';

const nowSeconds = Date.parse('2026-11-24T08:00:00Z') / 1000;

/** Signs in with claims replaced; `undefined` removes one. */
function withClaims(changes: Claims | ((good: Claims) => Claims), options: AttemptOptions = {}) {
  const idTokenClaims = (good: Claims) => {
    const merged = { ...good, ...(typeof changes === 'function' ? changes(good) : changes) };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  };
  return attempt({ ...options, mutate: { ...options.mutate, idTokenClaims } });
}

describe('the iss claim', () => {
  it.each([
    ['missing', () => undefined],
    ['with one more character', (iss: string) => `${iss}1`],
    ['with a slash at the end', (iss: string) => `${iss}/`],
    ['in other case', (iss: string) => iss.replace('http', 'HTTP')],
    ['percent-encoded', (iss: string) => iss.replace('127', '%3127')],
    ['a number', () => 7],
    ['in a list', (iss: string) => [iss]],
    ['of another provider', () => 'https://evil.example'],
  ])('%s is refused', async (_what, change) => {
    const { code, idp } = await withClaims((good) => ({ iss: change(String(good['iss'])) }));
    expect(code).toBe('id_token_invalid');
    expect(idp.count('userinfo')).toBe(0);
  });
});

describe('the aud claim', () => {
  const client = 'sallyport-client';
  it.each([
    ['missing', undefined],
    ['another client', 'other'],
    ['with one more character', `${client}1`],
    ['a prefix', client.slice(0, -1)],
    ['a number', 7],
    ['an empty list', []],
    ['a list of others', ['other']],
    ['a list with another beside', [client, 'other']],
    ['a list with what is no text', [client, 7]],
    ['a list in a list', [[client]]],
    ['a list of 17', Array.from({ length: 17 }, () => client)],
  ])('%s is refused', async (_what, aud) => {
    expect((await withClaims({ aud })).code).toBe('id_token_invalid');
  });

  it('may be a list with one audience', async () => {
    expect((await withClaims({ aud: [client] })).code).toBe('signed_in');
  });

  it('rejects a further audience even if azp is this client', async () => {
    expect((await withClaims({ aud: [client, 'project-7'], azp: client })).code).toBe('id_token_invalid');
  });

  it('may name further audiences that the connection trusts, with azp', async () => {
    const connection = { options: { trustedAudiences: ['project-7'] } };
    const aud = [client, 'project-7'];
    expect((await withClaims({ aud, azp: client }, { connection })).code).toBe('signed_in');
    expect((await withClaims({ aud }, { connection })).code).toBe('id_token_invalid');
    expect((await withClaims({ aud, azp: 'project-7' }, { connection })).code).toBe('id_token_invalid');
  });

  it('rejects the azp of another client even if aud names only this client', async () => {
    const { code, meta } = await withClaims({ azp: 'other' });
    expect([code, meta['check']]).toEqual(['id_token_invalid', 'azp']);
    expect((await withClaims({ azp: client })).code).toBe('signed_in');
  });
});

describe('the time claims', () => {
  it.each([
    ['no exp', { exp: undefined }, 'id_token_invalid'],
    ['exp as text', { exp: String(nowSeconds + 300) }, 'id_token_invalid'],
    ['exp 0', { exp: 0 }, 'id_token_invalid'],
    ['a negative exp', { exp: -1 }, 'id_token_invalid'],
    ['exp beyond counting', { exp: 1e308 }, 'id_token_invalid'],
    ['exp null', { exp: null }, 'id_token_invalid'],
    ['exp 61 seconds ago', { exp: nowSeconds - 61 }, 'id_token_not_current'],
    ['exp exactly at the tolerance', { exp: nowSeconds - 60 }, 'id_token_not_current'],
    ['nbf 61 seconds ahead', { nbf: nowSeconds + 61 }, 'id_token_not_current'],
    ['nbf as text', { nbf: '0' }, 'id_token_invalid'],
    ['no iat', { iat: undefined }, 'id_token_invalid'],
    ['iat as text', { iat: String(nowSeconds) }, 'id_token_invalid'],
    ['iat ten years ahead', { iat: nowSeconds + 315_360_000 }, 'id_token_not_current'],
    ['iat 61 seconds ahead', { iat: nowSeconds + 61 }, 'id_token_not_current'],
    ['iat ten years back', { iat: nowSeconds - 315_360_000 }, 'id_token_not_current'],
    ['iat 601 seconds back', { iat: nowSeconds - 601 }, 'id_token_not_current'],
    ['auth_time as text', { auth_time: 'yesterday' }, 'id_token_invalid'],
  ])('%s: refused', async (_what, claims, code) => {
    expect((await withClaims(claims)).code).toBe(code);
  });

  it.each([
    ['exp 59 seconds ago', { exp: nowSeconds - 59 }],
    ['exp far ahead', { exp: 9e15 }],
    ['a fraction', { exp: nowSeconds + 0.5, iat: nowSeconds - 0.5 }],
    ['nbf 60 seconds ahead', { nbf: nowSeconds + 60 }],
    ['iat 60 seconds ahead', { iat: nowSeconds + 60 }],
    ['iat 600 seconds back', { iat: nowSeconds - 600 }],
    ['auth_time hours ago', { auth_time: nowSeconds - 36_000 }],
    ['auth_time of a provider that does not know it', { auth_time: 0 }],
  ])('%s: accepted', async (_what, claims) => {
    expect((await withClaims(claims)).code).toBe('signed_in');
  });

  it('are checked with the clock tolerance of the connection, which has a limit', async () => {
    const at = (clockToleranceSeconds: number) => ({ connection: { options: { clockToleranceSeconds } } });
    expect((await withClaims({ exp: nowSeconds - 1 }, at(0))).code).toBe('id_token_not_current');
    expect((await withClaims({ exp: nowSeconds - 299 }, at(100_000))).code).toBe('signed_in');
    expect((await withClaims({ exp: nowSeconds - 301 }, at(100_000))).code).toBe('id_token_not_current');
  });
});

describe('the nonce claim', () => {
  it.each([
    ['missing', () => undefined],
    ['with one more character', (nonce: string) => `${nonce}1`],
    ['a prefix', (nonce: string) => nonce.slice(0, -1)],
    ['in a list', (nonce: string) => [nonce]],
    ['of another sign-in', () => 'n'.repeat(43)],
  ])('rejects %s', async (_what, change) => {
    const { code } = await withClaims((good) => ({ nonce: change(String(good['nonce'])) }));
    expect(code).toBe('id_token_invalid');
  });
});

describe('the sub claim', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['only blanks', '   '],
    ['a number', 7],
    ['true', true],
    ['null', null],
    ['an object', { id: 1 }],
    ['a list', ['s']],
    ['256 characters', 's'.repeat(256)],
    ['with a NUL', 'a\0b'],
    ['with a line break', 'a\nb'],
    ['with a lone surrogate', 'a\ud800b'],
    ['with a bidirectional mark', 'a\u202eb'],
    ['with a zero-width space', 'a\u200bb'],
  ])('%s is refused', async (_what, sub) => {
    expect((await withClaims({ sub })).code).toBe('subject_invalid');
  });

  it.each(['null', 'undefined', '1', 's'.repeat(255), 'Alice ', ' alice', 'ÀÉ', 'A\u030a', '😀'])(
    'accepts the subject %j unchanged',
    async (sub) => {
      expect((await withClaims({ sub })).identity?.subject).toBe(sub);
    },
  );

  it('is never read from a prototype', async () => {
    const prototype = JSON.parse('{"__proto__":{"sub":"admin","email":"admin@acme.example"}}');
    expect((await withClaims({ ...prototype, sub: undefined })).code).toBe('subject_invalid');
  });
});

describe('the hash claims', () => {
  it.each(['at_hash', 'c_hash', 's_hash'])('rejects a wrong %s', async (name) => {
    for (const value of ['AAAAAAAAAAAAAAAAAAAAAA', '', 7, null]) {
      const { code, meta } = await withClaims({ [name]: value });
      expect([code, meta['check']]).toEqual(['id_token_invalid', name]);
    }
  });

  it.each([
    ['RS256', 'sha256'],
    ['ES384', 'sha384'],
    ['EdDSA', 'sha512'],
    ['EdDSA', 'sha256'],
  ] as const)('accepts a correct at_hash for %s', async (algorithm, hash) => {
    const digest = createHash(hash).update('the-access-token').digest();
    const { code } = await withClaims(
      { at_hash: digest.subarray(0, digest.length / 2).toString('base64url') },
      { algorithm, mutate: { token: (body) => ({ ...body, access_token: 'the-access-token' }) } },
    );
    expect(code).toBe('signed_in');
  });
});

describe('a token of another kind', () => {
  it('rejects a token with an events claim', async () => {
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const { code, meta } = await withClaims({ events });
    expect([code, meta['check']]).toEqual(['id_token_invalid', 'events']);
  });
});

it('ignores thousands of unknown claims', async () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`claim-${index}`, index]));
  const { code, identity } = await withClaims(many);
  expect(code).toBe('signed_in');
  expect(Object.keys(identity ?? {})).not.toContain('claim-1');
});
