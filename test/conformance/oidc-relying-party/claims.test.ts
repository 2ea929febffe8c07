import { describe, expect, it } from 'vitest';

import type { Claims } from '../../support/faulty-idp.ts';
import { createProviderKey, signClaims } from '../../support/faulty-idp-keys.ts';
import { attempt, type AttemptOptions } from './attempt.ts';

const basic = { sub: 'subject-1', email: 'alice@acme.example' };
const identityOf = async (claims: Claims, options: AttemptOptions = {}) =>
  (await attempt({ ...options, claims: { ...basic, given_name: 'Alice', ...claims } })).identity;

/** Puts claims into the ID token that differ from those in userinfo. */
const idTokenWith = (claims: Claims, options: AttemptOptions = {}) =>
  attempt({
    ...options,
    mutate: {
      ...options.mutate,
      idTokenClaims: ({ iss, aud, exp, iat, nonce, sub }) => ({ iss, aud, exp, iat, nonce, sub, ...claims }),
    },
  });

describe('the e-mail address', () => {
  it.each([null, undefined, ''])('treats %j as missing', async (email) => {
    expect((await attempt({ claims: { ...basic, email } })).code).toBe('email_missing');
  });

  it.each([
    7,
    true,
    ['alice@acme.example', 'bo@acme.example'],
    { value: 'alice@acme.example' },
    'alice',
    'a@b@acme.example',
    'x'.repeat(10_000),
  ])('rejects %j as an address', async (email) => {
    expect((await attempt({ claims: { ...basic, email } })).code).toBe('email_invalid');
  });

  it.each([
    [true, 'yes'],
    ['true', 'yes'],
    [false, 'no'],
    ['false', 'no'],
    ['TRUE', 'unknown'],
    ['yes', 'unknown'],
    [1, 'unknown'],
    [0, 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ])('H172: email_verified %j counts as verified: %s', async (email_verified, expected) => {
    expect((await identityOf({ email_verified }))?.emailVerified).toBe(expected);
  });

  it('takes the address and its verification from the same source', async () => {
    const { identity } = await idTokenWith(
      { email: 'alice@acme.example', given_name: 'Alice' },
      { claims: { ...basic, email: 'other@acme.example', email_verified: true }, connection: { needsGroups: true } },
    );
    expect(identity).toMatchObject({ email: 'alice@acme.example', emailVerified: 'unknown' });
  });
});

describe("the user's name", () => {
  it.each<[Claims, string, string]>([
    [{ given_name: 'Alice', family_name: 'Practice' }, 'Alice', 'Practice'],
    [{ given_name: 'Alice', name: 'Someone Else' }, 'Alice', ''],
    [{ name: 'Alice Practice', family_name: 'Practice' }, 'Alice', 'Practice'],
    [{ name: 'Alice Practice' }, 'Alice Practice', ''],
    [{ name: 'Practice', family_name: 'Practice' }, 'Practice', 'Practice'],
    [{ family_name: 'Practice' }, 'alice', 'Practice'],
    [{}, 'alice', ''],
    [{ given_name: '', name: ' ' }, 'alice', ''],
    [{ given_name: 7, name: null, family_name: {} }, 'alice', ''],
    [{ given_name: '<b>Al\r\nice</b>\u202e' }, '<b>Al ice</b>', ''],
    [{ given_name: 'x'.repeat(10_000) }, 'x'.repeat(255), ''],
    [{ given_name: `${'x'.repeat(254)}😀` }, 'x'.repeat(254), ''],
    [{ given_name: 'نام\u200cخانوادگی' }, 'نام\u200cخانوادگی', ''],
  ])('of %j is %j %j', async (claims, firstName, lastName) => {
    expect((await attempt({ claims: { ...basic, ...claims } })).identity).toMatchObject({ firstName, lastName });
  });
});

describe('the groups claim', () => {
  it.each<[Claims, object]>([
    [{}, { state: 'absent' }],
    [{ groups: [] }, { state: 'empty' }],
    [{ groups: ['Engineering', '/a/b', 'Engineering'] }, { state: 'present', names: ['Engineering', '/a/b'] }],
    [{ groups: 'Engineering' }, { state: 'present', names: ['Engineering'] }],
    [{ groups: null }, { state: 'absent' }],
    [{ groups: { Engineering: true } }, { state: 'malformed' }],
    [{ groups: 7 }, { state: 'malformed' }],
    [{ groups: ['Engineering', 7] }, { state: 'malformed' }],
    [{ groups: '' }, { state: 'absent' }],
    [{ groups: Array.from({ length: 1_001 }, (_, index) => `g${index}`) }, { state: 'overage' }],
    [
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'http://10.0.0.1/' } } },
      { state: 'overage' },
    ],
    [{ hasgroups: true }, { state: 'overage' }],
    [{ Groups: ['x'], 'https://acme.example/groups': ['y'] }, { state: 'absent' }],
  ])('of %j are %j', async (claims, expected) => {
    expect((await identityOf(claims))?.groups).toEqual(expected);
  });
});

describe('userinfo', () => {
  it('is not requested if the ID token has every claim', async () => {
    expect((await attempt()).idp.count('userinfo')).toBe(0);
  });

  it('completes an ID token that has only a subject, with the access token in the header', async () => {
    const { identity, idp } = await idTokenWith({});
    expect(identity).toMatchObject({
      email: 'alice@acme.example',
      emailVerified: 'yes',
      firstName: 'Alice',
      lastName: 'Practice',
      groups: { state: 'present', names: ['Engineering', 'Admins'] },
    });
    expect(identity?.checks).toContain('userinfo_sub');
    const asked = idp.requests.filter(({ endpoint }) => endpoint === 'userinfo');
    expect(asked.map(({ method, url }) => [method, url.search])).toEqual([['GET', '']]);
    expect(asked[0]?.headers.authorization).toMatch(/^Bearer /);
  });

  it('is requested for groups only if the connection uses them', async () => {
    const claims = { email: 'alice@acme.example', given_name: 'Alice' };
    expect((await idTokenWith(claims)).idp.count('userinfo')).toBe(0);
    const { identity } = await idTokenWith(claims, { connection: { needsGroups: true } });
    expect(identity?.groups.state).toBe('present');
  });

  it.each<[string, (claims: Claims) => unknown]>([
    ['of another user', (claims) => ({ ...claims, sub: 'somebody-else' })],
    ['with more at the end of sub', (claims) => ({ ...claims, sub: `${String(claims['sub'])}invalid` })],
    ['without sub', ({ sub: _sub, ...claims }) => claims],
    ['with a number as sub', (claims) => ({ ...claims, sub: 7 })],
    ['with an empty sub', (claims) => ({ ...claims, sub: '' })],
    ['like an introspection', () => ({ active: false })],
  ])('%s ends the sign-in, even one that could do without', async (_what, userinfo) => {
    expect((await idTokenWith({}, { mutate: { userinfo } })).code).toBe('userinfo_subject_mismatch');
    const enough = await idTokenWith({ email: 'alice@acme.example' }, { mutate: { userinfo } });
    expect(enough.code).toBe('userinfo_subject_mismatch');
  });

  it.each([401, 500, 302, 'list', 'html', 'close'] as const)(
    'is optional when it fails with %s, if the ID token suffices',
    async (fault) => {
      const reply = {
        userinfo: (good: { status: number; headers: Record<string, string | string[]>; body: string | Buffer }) => {
          switch (fault) {
            case 'list':
              return { ...good, body: '[]' };
            case 'html':
              return { ...good, headers: { 'content-type': 'text/html' }, body: '<html>' };
            case 'close':
              return { ...good, fault };
            default:
              return {
                ...good,
                status: fault,
                headers: { ...good.headers, 'www-authenticate': 'Bearer error="invalid_token"' },
              };
          }
        },
      };
      const enough = await idTokenWith(
        { email: 'alice@acme.example' },
        { mutate: { reply }, connection: { needsGroups: true } },
      );
      expect(enough.identity).toMatchObject({ firstName: 'alice', groups: { state: 'unavailable' } });
      expect((await idTokenWith({}, { mutate: { reply } })).code).toMatch(/^idp_(?:unreachable|response_invalid)$/);
    },
  );

  it('verifies a signed userinfo response with the key and the algorithm of the ID token', async () => {
    const signedBy = (kind: 'provider' | 'foreign' | 'nobody' | 'other_audience') =>
      attempt({
        algorithm: 'ES256',
        mutate: {
          idTokenClaims: ({ iss, aud, exp, iat, nonce, sub }) => ({ iss, aud, exp, iat, nonce, sub }),
          sign: async (claims, key) => {
            const signer = kind === 'foreign' ? await createProviderKey('ES256', 'key-1', '') : key;
            const aud = kind === 'other_audience' ? 'other' : claims['aud'];
            const more: Claims = { iss: claims['iss'], aud, sub: claims['sub'], email: 'alice@acme.example' };
            const signed = await signClaims(signer, more);
            answer = kind === 'nobody' ? `${encode({ alg: 'none' })}.${encode(more)}.` : signed;
            return signClaims(key, claims);
          },
          reply: { userinfo: (reply) => ({ ...reply, headers: { 'content-type': 'application/jwt' }, body: answer }) },
        },
      });
    let answer = '';
    expect((await signedBy('provider')).identity?.email).toBe('alice@acme.example');
    for (const kind of ['foreign', 'nobody', 'other_audience'] as const) {
      expect((await signedBy(kind)).code).toBe('idp_response_invalid');
    }
  });

  it('rejects a signed userinfo response if HS256 is configured', async () => {
    const { code } = await idTokenWith(
      {},
      {
        algorithm: 'HS256',
        mutate: { reply: { userinfo: (reply) => ({ ...reply, headers: { 'content-type': 'application/jwt' } }) } },
      },
    );
    expect(code).toBe('idp_response_invalid');
  });
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
