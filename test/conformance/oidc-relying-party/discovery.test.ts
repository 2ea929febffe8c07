import { describe, expect, it } from 'vitest';

import { Secret } from '../../../src/kernel/secret.ts';
import type { Reply } from '../../support/faulty-idp-replies.ts';
import type { Claims } from '../../support/faulty-idp.ts';
import { attempt, withProvider, type AttemptOptions } from './attempt.ts';

const withDocument = (change: Claims, options: AttemptOptions = {}) =>
  attempt({ ...options, mutate: { discovery: (document) => ({ ...document, ...change }) } });
const answering = (change: (reply: Reply) => Reply) => attempt({ mutate: { reply: { discovery: change } } });

describe('the issuer of a discovery document', () => {
  it.each([
    ['of another provider', () => 'https://evil.example'],
    ['with more at the end', (issuer: string) => `${issuer}INVALID`],
    ['in other case', (issuer: string) => issuer.replace('http', 'HTTP')],
    ['on another port', (issuer: string) => issuer.replace(/\d+$/, '1')],
  ])('rejects %s before it redirects the browser', async (_what, change) => {
    const { code, meta, idp } = await attempt({
      mutate: { discovery: (document) => ({ ...document, issuer: change(String(document['issuer'])) }) },
    });
    expect(code).toBe('idp_issuer_mismatch');
    expect(meta).toMatchObject({
      expected: { code: 'issuers', issuers: expect.arrayContaining([idp.issuer]) },
      found: { code: 'issuer', issuer: change(idp.issuer) },
    });
    expect(idp.count('authorization')).toBe(0);
  });

  it.each(['/', '/tenant', '/tenant/'])(
    "accepts an issuer that ends in …%s if the admin entered the document's URL",
    async (issuerPath) => {
      const { code, identity, idp } = await attempt({ issuerPath });
      expect(code).toBe('signed_in');
      expect(identity?.issuer).toBe(idp.issuer);
    },
  );

  it.each([
    ['/', (issuer: string) => issuer.slice(0, -1)],
    ['', (issuer: string) => `${issuer}/`],
  ])('must equal the entered issuer (…%s), including the trailing slash', async (issuerPath, other) => {
    const typed = (spelling: (issuer: string) => string) =>
      attempt({
        issuerPath,
        connectionTo: (idp) => ({ source: { kind: 'discovery', discoveryUrl: spelling(idp.issuer) } }),
      });
    expect((await typed((issuer) => issuer)).code).toBe('signed_in');
    expect((await typed(other)).code).toBe('idp_issuer_mismatch');
  });

  it('names a multi-tenant template as the reason when it rejects one', async () => {
    const { code } = await withDocument({ issuer: 'https://login.example/{tenantid}/v2.0' });
    expect(code).toBe('idp_issuer_is_template');
  });

  it.each([undefined, null, 7, ['https://idp.example']])('rejects %j as an issuer', async (issuer) => {
    expect((await withDocument({ issuer })).code).toBe('idp_response_invalid');
  });
});

describe('an endpoint of a discovery document', () => {
  const required = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'];
  it.each(required)('requires %s', async (name) => {
    for (const value of [undefined, null, 7, ['https://idp.example/']]) {
      expect((await withDocument({ [name]: value })).code).toBe('idp_response_invalid');
    }
  });

  const refusedUrls = [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://10.0.0.1/',
    'https://169.254.169.254/',
    'http://idp.example/',
    'https://user:pw@idp.example/',
    'https://idp.example/#x',
    'https://idp.example/\r\nx',
    'https://idp.example\\@evil.example/',
    '/relative',
  ];

  it.each(required)('checks %s against the outbound policy', async (name) => {
    for (const value of refusedUrls) {
      expect((await withDocument({ [name]: value })).code).toBe('idp_address_refused');
    }
  });

  it('checks userinfo_endpoint against the outbound policy if it is needed, and never calls it otherwise', async () => {
    const thin = { mutate: { idTokenClaims: ({ email: _email, ...claims }: Claims) => claims } };
    for (const value of refusedUrls) {
      const { code, idp } = await withDocument({ userinfo_endpoint: value });
      expect([code, idp.count('userinfo')]).toEqual(['signed_in', 0]);
      const discovery = (good: Claims) => ({ ...good, userinfo_endpoint: value });
      expect((await attempt({ mutate: { ...thin.mutate, discovery } })).code).toBe('idp_address_refused');
    }
  });

  it('treats a userinfo_endpoint of another type as missing', async () => {
    expect((await withDocument({ userinfo_endpoint: null })).code).toBe('signed_in');
  });
});

describe('a discovery document', () => {
  it.each<[string, (reply: Reply) => Reply]>([
    ['HTML', (reply) => ({ ...reply, headers: { 'content-type': 'text/html' }, body: '<html></html>' })],
    ['HTML that calls itself JSON', (reply) => ({ ...reply, body: '<html></html>' })],
    ['JSON that calls itself HTML', (reply) => ({ ...reply, headers: { 'content-type': 'text/html' } })],
    ['without a type', (reply) => ({ ...reply, headers: {} })],
    ['UTF-16', (reply) => ({ ...reply, body: Buffer.from(String(reply.body), 'utf16le') })],
    ['with a byte order mark', (reply) => ({ ...reply, body: `\ufeff${String(reply.body)}` })],
    ['a list', (reply) => ({ ...reply, body: '[]' })],
    ['nested without end', (reply) => ({ ...reply, body: '['.repeat(100_000) })],
    ['of 50 MB', (reply) => ({ ...reply, body: Buffer.alloc(50_000_000, ' ') })],
    ['without end', (reply) => ({ ...reply, fault: 'endless' })],
    ['missing', (reply) => ({ ...reply, status: 404 })],
    ['elsewhere', (reply) => ({ ...reply, status: 302, headers: { location: '/elsewhere' } })],
  ])('%s is refused', async (_what, change) => {
    expect((await answering(change)).code).toBe('idp_response_invalid');
  });

  it.each(['application/json; charset=utf-8', 'application/json', 'Application/JSON'])(
    'is read with the content type %s',
    async (type) => {
      expect((await answering((reply) => ({ ...reply, headers: { 'content-type': type } }))).code).toBe('signed_in');
    },
  );

  it('has different error codes for a provider that is down and for a wrong document', async () => {
    expect((await answering((reply) => ({ ...reply, status: 503 }))).code).toBe('idp_unreachable');
    expect((await answering((reply) => ({ ...reply, fault: 'close' }))).code).toBe('idp_unreachable');
  });

  it('is plain data even with unknown members and names of prototypes', async () => {
    const hostile = JSON.parse('{"__proto__":{"issuer":"x"},"constructor":{},"toString":1,"signed_metadata":"a.b.c"}');
    expect(
      (await withDocument({ ...hostile, mtls_endpoint_aliases: { token_endpoint: 'http://10.0.0.1/' } })).code,
    ).toBe('signed_in');
  });

  it('is fetched once for many sign-ins, and again when it is stale', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await Promise.all(Array.from({ length: 8 }, () => signIn()));
      expect(idp.count('discovery')).toBe(1);
      expect(idp.count('keys')).toBe(1);
      clock.advance(20 * 60_000);
      expect((await signIn()).code).toBe('signed_in');
      expect(idp.count('discovery')).toBe(2);
    });
  });

  it('is used for one day after it can no longer be fetched', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await signIn();
      idp.mutate({
        reply: { discovery: (reply) => ({ ...reply, status: 500 }), keys: (reply) => ({ ...reply, status: 500 }) },
      });
      clock.advance(23 * 3_600_000);
      expect((await signIn()).code).toBe('signed_in');
      clock.advance(2 * 3_600_000);
      expect((await signIn()).code).toBe('idp_unreachable');
    });
  });

  it('cannot move the token endpoint to another host later', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await signIn();
      idp.mutate({ discovery: (document) => ({ ...document, token_endpoint: 'http://127.0.0.1:1/token' }) });
      clock.advance(20 * 60_000);
      expect((await signIn()).code).toBe('signed_in');
      expect((await signIn()).code).toBe('signed_in');
      clock.advance(25 * 3_600_000);
      expect(await signIn()).toMatchObject({ code: 'idp_response_invalid', meta: { reason: 'token_endpoint_moved' } });
    });
  });

  it('keeps the spelling of the issuer that was first seen', async () => {
    await withProvider({}, async ({ idp, clock, signIn }) => {
      await signIn();
      idp.mutate({ discovery: (document) => ({ ...document, issuer: `${String(document['issuer'])}/` }) });
      clock.advance(25 * 3_600_000);
      expect((await signIn()).code).toBe('idp_issuer_mismatch');
    });
  });
});

describe('endpoints that an admin entered', () => {
  const custom = (changes: Record<string, string> = {}): AttemptOptions => ({
    connectionTo: ({ issuer, url, clientSecret }) => ({
      clientSecret: new Secret(clientSecret),
      source: {
        kind: 'custom',
        issuer,
        authorizationEndpoint: `${url}/authorize`,
        tokenEndpoint: `${url}/token`,
        jwksUri: `${url}/keys`,
        userinfoEndpoint: `${url}/userinfo`,
        ...changes,
      },
    }),
  });

  it('work without a discovery document', async () => {
    const { code, idp } = await attempt(custom());
    expect(code).toBe('signed_in');
    expect(idp.count('discovery')).toBe(0);
  });

  it('work without a userinfo endpoint', async () => {
    expect((await attempt(custom({ userinfoEndpoint: '' }))).code).toBe('signed_in');
  });

  it('must belong to the issuer that signs the ID token', async () => {
    expect((await attempt(custom({ issuer: 'https://other.example' }))).code).toBe('idp_issuer_mismatch');
  });

  it.each(['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'])(
    'checks %s against the outbound policy',
    async (name) => {
      expect((await attempt(custom({ [name]: 'http://10.0.0.1/' }))).code).toBe('idp_address_refused');
    },
  );
});
