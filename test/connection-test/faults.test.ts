import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { ConnectionTestStepName } from '../../src/contract/connection-test.ts';
import { addOrganization } from '../support/callers.ts';
import { stepOf, stepsThat, testConnection } from '../support/connection-test.ts';
import { engines } from '../support/databases.ts';
import { type FaultyIdp, type Mutations, startFaultyIdp } from '../support/faulty-idp.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import { configUrl } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

interface Fault {
  readonly does: string;
  readonly mutate: Mutations;
  readonly step: ConnectionTestStepName;
  readonly outcome: 'failed' | 'warning';
  readonly action: RegExp;
}

const changed =
  (members: object): NonNullable<Mutations['discovery']> =>
  (document) => ({ ...document, ...members });

const token = (body: unknown, status: number): Mutations => ({ reply: { token: () => jsonReply(body, status) } });

const faults: readonly Fault[] = [
  {
    does: 'answers 404 where the document should be',
    mutate: { reply: { discovery: () => jsonReply({}, 404) } },
    step: 'discovery',
    outcome: 'failed',
    action: /Compare the URL/,
  },
  {
    does: 'is down',
    mutate: { reply: { discovery: () => jsonReply({}, 503) } },
    step: 'discovery',
    outcome: 'failed',
    action: /Try again later/,
  },
  {
    does: 'answers with a page for people',
    mutate: {
      reply: { discovery: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }) },
    },
    step: 'discovery',
    outcome: 'failed',
    action: /not of a sign-in page/,
  },
  {
    does: 'redirects',
    mutate: {
      reply: { discovery: (reply) => ({ ...reply, status: 302, headers: { location: 'https://elsewhere.example/' } }) },
    },
    step: 'discovery',
    outcome: 'failed',
    action: /enter that URL.*configurationType to custom/,
  },
  {
    does: 'compresses',
    mutate: {
      reply: { discovery: (reply) => ({ ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' } }) },
    },
    step: 'discovery',
    outcome: 'failed',
    action: /Turn compression off/,
  },
  {
    does: 'speaks for another issuer',
    mutate: { discovery: changed({ issuer: 'https://other.example' }) },
    step: 'issuer',
    outcome: 'failed',
    action: /enter exactly that issuer as the discovery URL/,
  },
  {
    does: 'has an issuer for many tenants',
    mutate: { discovery: changed({ issuer: 'https://login.example/{tenantid}/v2.0' }) },
    step: 'issuer',
    outcome: 'failed',
    action: /URL of your tenant/,
  },
  {
    does: 'names no issuer',
    mutate: { discovery: changed({ issuer: undefined }) },
    step: 'issuer',
    outcome: 'failed',
    action: /OpenID provider/,
  },
  {
    does: 'names no token endpoint',
    mutate: { discovery: changed({ token_endpoint: undefined }) },
    step: 'endpoints',
    outcome: 'failed',
    action: /only to an OAuth 2.0 server/,
  },
  {
    does: 'names a token endpoint in a private network',
    mutate: { discovery: changed({ token_endpoint: 'https://10.1.2.3/token' }) },
    step: 'endpoints',
    outcome: 'failed',
    action: /SALLYPORT_OUTBOUND_ALLOW/,
  },
  {
    does: 'names keys over plain http',
    mutate: { discovery: changed({ jwks_uri: 'http://idp.example/keys' }) },
    step: 'endpoints',
    outcome: 'failed',
    action: /https URL/,
  },
  {
    does: 'names a userinfo endpoint on another port',
    mutate: { discovery: changed({ userinfo_endpoint: 'https://localhost.example:8443/u#x' }) },
    step: 'userinfo',
    outcome: 'failed',
    action: /Remove the #/,
  },
  {
    does: 'signs with other algorithms',
    mutate: { discovery: changed({ id_token_signing_alg_values_supported: ['RS256', 'PS256'] }) },
    step: 'algorithms',
    outcome: 'failed',
    action: /RS256, PS256/,
  },
  {
    does: 'does not say what it signs with',
    mutate: { discovery: changed({ id_token_signing_alg_values_supported: undefined }) },
    step: 'algorithms',
    outcome: 'warning',
    action: /jwtSignatureAlgorithm/,
  },
  {
    does: 'issues unsigned tokens, too',
    mutate: { discovery: changed({ id_token_signing_alg_values_supported: ['ES256', 'none'] }) },
    step: 'algorithms',
    outcome: 'warning',
    action: /Turn them off/,
  },
  {
    does: 'does PKCE only in plain',
    mutate: { discovery: changed({ code_challenge_methods_supported: ['plain'] }) },
    step: 'pkce',
    outcome: 'warning',
    action: /S256/,
  },
  {
    does: 'knows no code flow',
    mutate: { discovery: changed({ response_types_supported: ['id_token'] }) },
    step: 'response',
    outcome: 'failed',
    action: /authorization code flow/,
  },
  {
    does: 'does not list a scope',
    mutate: { discovery: changed({ scopes_supported: ['openid', 'email'] }) },
    step: 'scopes',
    outcome: 'warning',
    action: /Allow the scopes/,
  },
  {
    does: 'lists no client authentication with a secret',
    mutate: { discovery: changed({ token_endpoint_auth_methods_supported: ['none'] }) },
    step: 'clientAuthentication',
    outcome: 'warning',
    action: /client authentication/,
  },
  {
    does: 'requires pushed authorization requests',
    mutate: { discovery: changed({ require_pushed_authorization_requests: true }) },
    step: 'response',
    outcome: 'failed',
    action: /Turn the requirement off/,
  },
  {
    does: 'requires signed authorization requests',
    mutate: { discovery: changed({ require_signed_request_object: true }) },
    step: 'response',
    outcome: 'failed',
    action: /Turn the requirement off/,
  },
  {
    does: 'publishes no key for the algorithm',
    mutate: { keys: () => ({ keys: [] }) },
    step: 'keys',
    outcome: 'failed',
    action: /signing key/,
  },
  {
    does: 'publishes something else than keys',
    mutate: { keys: () => ({ certificates: [] }) },
    step: 'keys',
    outcome: 'failed',
    action: /jwks_uri/,
  },
  {
    does: 'publishes a private key',
    mutate: { keys: (set) => ({ keys: [...set.keys, { kty: 'EC', crv: 'P-256', d: 'private' }] }) },
    step: 'keys',
    outcome: 'warning',
    action: /Revoke that key/,
  },
  {
    does: 'publishes a weak key',
    mutate: { keys: (set) => ({ keys: [...set.keys, { kty: 'RSA', n: 'AQAB', e: 'AQAB' }] }) },
    step: 'keys',
    outcome: 'warning',
    action: /2048 bits/,
  },
  {
    does: 'does not believe the client',
    mutate: token({ error: 'invalid_client' }, 401),
    step: 'secret',
    outcome: 'failed',
    action: /client secret/,
  },
  {
    does: 'does not let the client use the code flow',
    mutate: token({ error: 'unauthorized_client' }, 400),
    step: 'secret',
    outcome: 'failed',
    action: /authorization code grant/,
  },
  {
    does: 'returns tokens for a code that was never issued',
    mutate: token({ access_token: 'x', token_type: 'Bearer' }, 200),
    step: 'secret',
    outcome: 'failed',
    action: /token endpoint/,
  },
  {
    does: 'answers to the code in a way that tells nothing',
    mutate: token({ error: 'invalid_request', error_description: 'malformed code' }, 400),
    step: 'secret',
    outcome: 'warning',
    action: /Sign in once/,
  },
  {
    does: 'is too busy to redeem',
    mutate: token({}, 503),
    step: 'secret',
    outcome: 'warning',
    action: /Try again later/,
  },
  {
    does: 'has a clock that is behind',
    mutate: {
      reply: {
        discovery: (reply) => ({ ...reply, headers: { ...reply.headers, date: 'Tue, 24 Nov 2015 08:00:00 GMT' } }),
      },
    },
    step: 'clock',
    outcome: 'warning',
    action: /NTP/,
  },
];

describe.each(engines)('a test of a connection whose provider (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let organizationId: string;
  let idp: FaultyIdp;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    idp = await startFaultyIdp({ algorithm: 'ES256' });
  });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
    const { clientId, clientSecret, discoveryUrl: discoveryURL } = idp;
    const json = { configurationType: 'discoveryURL', discoveryURL, clientId, clientSecret };
    const more = { organizationId, isActive: true, jwtSignatureAlgorithm: 'ES256' };
    await server.call(configUrl, { token: boot.token, json: { ...json, ...more } });
    return () => idp.mutate({ discovery: undefined, keys: undefined, reply: undefined });
  });
  afterAll(async () => {
    await idp.close();
    await server.close();
  });

  it('that behaves correctly: finds nothing except plain http', async () => {
    const { status, body } = await testConnection(server, boot.token, { organizationId });
    expect([status, body.ok, stepsThat(body, 'failed'), stepsThat(body, 'warning')]).toEqual([200, true, [], ['tls']]);
    expect(stepsThat(body, 'skipped')).toEqual(['authorization']);
  });

  it.each(faults)('that $does: reports exactly that', async ({ mutate, step, outcome, action }) => {
    idp.mutate(mutate);
    const { body } = await testConnection(server, boot.token, { organizationId });
    const warnings = stepsThat(body, 'warning').filter((name) => name !== 'tls');
    expect({ failed: stepsThat(body, 'failed'), warnings, ok: body.ok }).toEqual({
      failed: outcome === 'failed' ? [step] : [],
      warnings: outcome === 'warning' ? [step] : [],
      ok: outcome === 'warning',
    });
    expect(stepOf(body, step).action).toMatch(action);
  });
});
