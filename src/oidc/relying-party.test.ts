import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createTestParty, fixedClock, testRedirectUri, type TestParty } from '../../test/support/faulty-idp-sign-in.ts';
import { startFaultyIdp, type FaultyIdp } from '../../test/support/faulty-idp.ts';
import { silentLogger } from '../kernel/logger.ts';

let idp: FaultyIdp;
let test: TestParty;
const clock = fixedClock();
const warn = vi.fn<(fields: object, message: string) => void>();

beforeEach(async () => {
  warn.mockReset();
  idp = await startFaultyIdp({ algorithm: 'EdDSA', clock });
  test = createTestParty(idp, { clock, algorithm: 'EdDSA', logger: { ...silentLogger, warn } });
});

afterEach(async () => {
  await test.close();
  await idp.close();
});

const start = (changes = {}, request = {}) =>
  test.party.startAuthorization(
    { ...test.connection, ...changes },
    { redirectUri: testRedirectUri, state: 'the-state', ...request },
  );

describe('the authorization request', () => {
  it('requests a code with state, nonce and PKCE, and forces no prompt', async () => {
    const { url, nonce, codeVerifier, issuer } = await start();
    expect(url.href.startsWith(`${idp.url}/authorize?`)).toBe(true);
    expect(issuer).toBe(idp.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: idp.clientId,
      redirect_uri: testRedirectUri,
      scope: 'openid profile email',
      state: 'the-state',
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(codeVerifier).toMatch(/^[\w-]{43}$/);
    expect(nonce).toMatch(/^[\w-]{43}$/);
  });

  it('differs from every other request in nonce and code verifier', async () => {
    const [first, second] = [await start(), await start()];
    expect(first.nonce).not.toBe(second.nonce);
    expect(first.codeVerifier).not.toBe(second.codeVerifier);
  });

  it('has each parameter once, with the value of this server, whatever the endpoint has in its query', async () => {
    const query =
      'tenant=7&redirect_uri=https://evil.example&state=x&state=y&response_type=token&request_uri=https://evil.example&code_challenge_method=plain&response_mode=query.jwt';
    idp.mutate({ discovery: (document) => ({ ...document, authorization_endpoint: `${idp.url}/authorize?${query}` }) });
    const { url } = await start();
    const names = [...url.searchParams.keys()];
    expect(new Set(names).size).toBe(names.length);
    expect(url.searchParams.get('tenant')).toBe('7');
    expect(url.searchParams.get('redirect_uri')).toBe(testRedirectUri);
    expect(url.searchParams.get('state')).toBe('the-state');
    expect(url.searchParams.get('response_type')).toBe('code');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(names).not.toContain('request_uri');
    expect(names).not.toContain('response_mode');
  });

  it.each([['plain'], []])('sends S256 even if the provider lists %j', async (...methods) => {
    idp.mutate({ discovery: (document) => ({ ...document, code_challenge_methods_supported: methods }) });
    expect((await start()).url.searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('has the scopes of the connection and the login hint of the caller', async () => {
    const { url } = await start(
      { options: { additionalScopes: ['groups', 'email'] } },
      { loginHint: 'alice@acme.example\r\n&x=y' },
    );
    expect(url.searchParams.get('scope')).toBe('openid profile email groups');
    expect(url.searchParams.get('login_hint')).toBe('alice@acme.example\r\n&x=y');
    expect(url.href).not.toMatch(/[\r\n]/);
    expect(url.searchParams.has('x')).toBe(false);
  });
});

describe('the cached discovery document', () => {
  it('is fetched once for many concurrent sign-ins', async () => {
    await Promise.all(Array.from({ length: 200 }, () => start()));
    expect(idp.count('discovery')).toBe(1);
  });

  it('belongs to one connection and one revision of it', async () => {
    await start();
    await start({ connectionId: 'connection-2', organizationId: 'organization-2' });
    await start({ revision: 'revision-2' });
    await start({ connectionId: 'connection-2', organizationId: 'organization-2' });
    await start({ revision: 'revision-2' });
    expect(idp.count('discovery')).toBe(3);
  });

  it('of one connection does not evict that of another connection of the same organization', async () => {
    await start();
    await start({ connectionId: 'connection-2', revision: 'revision-2' });
    await start();
    await start({ connectionId: 'connection-2', revision: 'revision-2' });
    expect(idp.count('discovery')).toBe(2);
  });

  it('of a revision is evicted by the next revision', async () => {
    await start();
    await start({ revision: 'revision-2' });
    await start();
    expect(idp.count('discovery')).toBe(3);
  });
});

describe('a sign-in', () => {
  it('lists its checks in their order', async () => {
    const { checks } = await test.signIn();
    expect(checks).toEqual([
      'state',
      'callback_form',
      'callback_iss',
      'alg',
      'typ',
      'crit',
      'kid',
      'signature',
      'iss',
      'aud',
      'azp',
      'exp',
      'nbf',
      'iat',
      'auth_time',
      'nonce',
      'sub',
      'at_hash',
      'c_hash',
      's_hash',
      'events',
      'acr',
      'required_claims',
    ]);
  });

  it('warns of an ID token that is valid for years', async () => {
    await test.signIn();
    expect(warn).not.toHaveBeenCalled();
    idp.mutate({ idTokenClaims: (claims) => ({ ...claims, exp: 9e15 }) });
    await test.signIn();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('of one organization cannot finish at another organization with another provider', async () => {
    const other = await startFaultyIdp({ algorithm: 'EdDSA', clock });
    const { answer } = await test.begin();
    const source = { kind: 'discovery', discoveryUrl: other.discoveryUrl } as const;
    const finished = test.party.finishAuthorization(
      { ...test.connection, connectionId: 'connection-2', organizationId: 'organization-2', source },
      answer,
    );
    await expect(finished).rejects.toMatchObject({ code: 'idp_issuer_mismatch' });
    expect(other.count('token')).toBe(0);
    await other.close();
  });
});
