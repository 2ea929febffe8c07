import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { openBrowser } from '../support/browser-client.ts';
import type { Reply } from '../support/faulty-idp-replies.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type OrganizationOptions, expectRefusal, loginUrl, useLoginScene } from '../support/login-scene.ts';
import { configUrl, discoveryConfig } from '../support/oidc-config-body.ts';
import { expectAdmitted, expectHeld, expectHeldAt, expectSignedIn } from './hostile-scene.ts';

/** The valid discovery document with some fields replaced; `undefined` removes one. */
const document = (change: Claims | ((good: Claims) => Claims)): OrganizationOptions => ({
  idp: {
    mutate: { discovery: (good) => ({ ...good, ...(typeof change === 'function' ? change(good) : change) }) },
  },
});
const issuer = (change: (good: string) => string) => document((good) => ({ issuer: change(String(good['issuer'])) }));
const answering = (change: (reply: Reply) => Reply): OrganizationOptions => ({
  idp: { mutate: { reply: { discovery: change } } },
});
const redirected = (status: number) =>
  answering((reply) => ({ ...reply, status, headers: { location: '/elsewhere' } }));

type Case = readonly [title: string, code: ErrorCode, options: OrganizationOptions];

const refused: readonly Case[] = [
  ['H001: another issuer', 'idp_issuer_mismatch', issuer(() => 'https://evil.example')],
  ['H001: the issuer in other case', 'idp_issuer_mismatch', issuer((good) => good.replace('http', 'HTTP'))],
  ['H001: the issuer on another port', 'idp_issuer_mismatch', issuer((good) => good.replace(/\d+$/, '1'))],
  ['H002: the issuer that the URL of the document does not name', 'idp_issuer_mismatch', issuer((good) => `${good}/x`)],
  [
    'H005: an endpoint with the scheme javascript',
    'idp_address_refused',
    document({ authorization_endpoint: 'javascript:alert(1)' }),
  ],
  ['H005: an endpoint with the scheme file', 'idp_address_refused', document({ token_endpoint: 'file:///etc/passwd' })],
  ['H005: an endpoint with the scheme data', 'idp_address_refused', document({ jwks_uri: 'data:,{"keys":[]}' })],
  [
    'H006: an authorization endpoint with a fragment',
    'idp_address_refused',
    document((good) => ({ authorization_endpoint: `${String(good['authorization_endpoint'])}#x` })),
  ],
  [
    'H006: an authorization endpoint with a line break',
    'idp_address_refused',
    document((good) => ({ authorization_endpoint: `${String(good['authorization_endpoint'])}\r\nx: y` })),
  ],
  [
    'H006: an authorization endpoint with a backslash',
    'idp_address_refused',
    document({ authorization_endpoint: 'https://idp.example\\@evil.example/' }),
  ],
  ['H012: an endpoint that is null', 'idp_response_invalid', document({ token_endpoint: null })],
  ['H012: an endpoint in a list', 'idp_response_invalid', document({ jwks_uri: ['https://idp.example/'] })],
  [
    'H014: a page instead of the document',
    'idp_response_invalid',
    answering((reply) => ({ ...reply, headers: { 'content-type': 'text/html' }, body: '<html></html>' })),
  ],
  [
    'H014: a byte order mark',
    'idp_response_invalid',
    answering((reply) => ({ ...reply, body: `\ufeff${String(reply.body)}` })),
  ],
  [
    'H014: UTF-16',
    'idp_response_invalid',
    answering((reply) => ({ ...reply, body: Buffer.from(String(reply.body), 'utf16le') })),
  ],
  ['H015: a redirect with 301', 'idp_response_invalid', redirected(301)],
  ['H015: a redirect with 302', 'idp_response_invalid', redirected(302)],
  ['H015: a redirect with 307', 'idp_response_invalid', redirected(307)],
  ['H015: a redirect with 308', 'idp_response_invalid', redirected(308)],
];

const accepted: readonly (readonly [title: string, options: OrganizationOptions])[] = [
  [
    'H008: a document that lists none and HS256 as algorithms',
    document({ id_token_signing_alg_values_supported: ['none', 'HS256'] }),
  ],
  ['H012: a flag that is the text "true"', document({ authorization_response_iss_parameter_supported: 'true' })],
  [
    'H013: members that are named for prototypes',
    document(JSON.parse('{"__proto__":{"issuer":"x"},"constructor":{},"toString":1}')),
  ],
  [
    'H014: a content type with a character set',
    answering((reply) => ({ ...reply, headers: { 'content-type': 'application/json; charset=utf-8' } })),
  ],
  [
    'H016: signed metadata and aliases for mutual TLS',
    document({ signed_metadata: 'a.b.c', mtls_endpoint_aliases: { token_endpoint: 'http://10.0.0.1/' } }),
  ],
];

describe('a hostile discovery document', () => {
  const scene = useLoginScene('sqlite');

  it.each(refused)('%s', async (_title, code, options) => {
    const { idp } = await expectHeld(scene, code, options);
    expect(idp.count('authorization')).toBe(0);
  });

  it.each(accepted)('%s', async (_title, options) => {
    await expectAdmitted(scene, options);
  });

  /** The URL to which the server redirects the browser. */
  const authorizationUrl = async (options: OrganizationOptions): Promise<URL> => {
    const { slug } = await scene.addOrganization(options);
    return new URL((await openBrowser().visit(loginUrl(scene, { orgSlug: slug }))).location);
  };

  it("H006, H007: keeps the endpoint's query string and sends each of our parameters once", async () => {
    const url = await authorizationUrl(
      document((good) => ({
        authorization_endpoint: `${String(good['authorization_endpoint'])}?tenant=7&state=x&redirect_uri=https://evil.example&response_type=token&request=a.b.c`,
      })),
    );
    expect(url.searchParams.get('tenant')).toBe('7');
    expect(url.searchParams.getAll('redirect_uri')).toEqual([`${scene.server.url}/api/v1/sso/oidc/callback`]);
    expect(url.searchParams.getAll('response_type')).toEqual(['code']);
    expect(url.searchParams.getAll('state')).toEqual([expect.not.stringMatching(/^x$/)]);
    expect(url.searchParams.has('request')).toBe(false);
  });

  it.each([undefined, ['plain'], 'S256'])(
    'H009: uses PKCE with S256 if the discovery document lists %j',
    async (methods) => {
      const url = await authorizationUrl(document({ code_challenge_methods_supported: methods }));
      expect(url.searchParams.get('code_challenge_method')).toBe('S256');
      expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    },
  );

  it('H010: sends no secret to a token endpoint that moved to another host', async () => {
    const organization = await expectAdmitted(scene);
    const elsewhere = await scene.addOrganization();
    organization.idp.mutate({ discovery: (good) => ({ ...good, token_endpoint: `${elsewhere.idp.url}/token` }) });
    scene.clock.advance(25 * 3_600_000);
    await expectHeldAt(scene, 'idp_response_invalid', organization);
    expect(elsewhere.idp.count('token')).toBe(0);
    organization.idp.mutate({ discovery: undefined });
  });

  it.each([
    ['no iss', (parameters: URLSearchParams) => parameters.delete('iss')],
    ['the iss of another', (parameters: URLSearchParams) => parameters.set('iss', 'https://evil.example')],
  ])('H011: rejects a response with %s if the provider announced the iss parameter', async (_what, callback) => {
    const { idp } = await expectHeld(scene, 'idp_issuer_mismatch', { idp: { mutate: { callback } } });
    expect(idp.count('token')).toBe(0);
  });

  it('H017: accepts a JWK Set on another host than the issuer', async () => {
    const keys = await scene.addOrganization();
    const shared = await expectAdmitted(scene, {
      idp: {
        mutate: {
          discovery: (good) => ({ ...good, jwks_uri: String(good['jwks_uri']).replace('127.0.0.1', 'localhost') }),
        },
      },
    });
    expect(shared.idp.count('keys')).toBe(1);
    expect(keys.idp.count('keys')).toBe(0);
  });

  it('H018: a discovery document that changes between start and callback does not affect the sign-in', async () => {
    const organization = await scene.addOrganization();
    const elsewhere = await scene.addOrganization();
    organization.idp.mutate({
      discovery: (good) =>
        organization.idp.count('discovery') > 1
          ? { ...good, token_endpoint: `${elsewhere.idp.url}/token`, jwks_uri: `${elsewhere.idp.url}/keys` }
          : good,
    });
    await expectSignedIn(scene, organization);
    expect(elsewhere.idp.count('token')).toBe(0);
  });

  it('H019: rejects the authorization endpoint of one provider combined with the token endpoint of another', async () => {
    const other = await scene.addOrganization();
    const { issuer: otherIssuer, url } = other.idp;
    const organization = await scene.addOrganization({
      isCustom: true,
      config: { issuer: otherIssuer, authorizationEndpoint: `${url}/authorize` },
    });
    const browser = openBrowser();
    const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
    const { location } = await browser.visit(start.location);
    await expectRefusal(scene, 'idp_code_refused', () => browser.visit(location));
    expect(other.idp.count('token')).toBe(0);
    await expectSignedIn(scene, await scene.bystander());
  });

  it("H003: an attacker who configures another organization's issuer with keys of their own reaches no account there", async () => {
    const victim = await expectAdmitted(scene);
    const attacker = await scene.addOrganization({ isCustom: true, config: { issuer: victim.idp.issuer } });
    attacker.idp.mutate({
      idTokenClaims: (claims) => ({ ...claims, iss: victim.idp.issuer }),
      callback: (parameters) => parameters.set('iss', victim.idp.issuer),
    });
    await expectSignedIn(scene, attacker);
    const holders = await scene.server.database.db
      .selectFrom('user_identities')
      .select(['organization_id', 'user_id'])
      .where('issuer', '=', victim.idp.issuer)
      .execute();
    expect(new Set(holders.map((row) => row.organization_id))).toEqual(new Set([victim.id, attacker.id]));
    expect(new Set(holders.map((row) => row.user_id)).size).toBe(2);
  });

  it.each([
    ['a query', 'https://idp.acme.example?x=1'],
    ['a fragment', 'https://idp.acme.example#x'],
    ['user information', 'https://user:pw@idp.acme.example'],
    ['plain http', 'http://idp.acme.example'],
  ])('H004: does not store an issuer with %s', async (_what, text) => {
    const { token } = scene.boot;
    const { body } = await scene.server.call('/api/v2/organizations', { token, json: { name: 'Of the issuer' } });
    const json = {
      ...discoveryConfig(body.organization.id),
      configurationType: 'custom',
      issuer: text,
      authorizationEndpoint: 'https://idp.acme.example/authorize',
      tokenEndpoint: 'https://idp.acme.example/token',
      jwksUri: 'https://idp.acme.example/keys',
      userinfoEndpoint: 'https://idp.acme.example/userinfo',
    };
    const answer = await scene.server.call(configUrl, { token, json });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.details).toMatchObject([{ path: 'issuer' }]);
    expect((await scene.server.call(`${configUrl}?organizationId=${body.organization.id}`, { token })).status).toBe(
      404,
    );
  });
});
