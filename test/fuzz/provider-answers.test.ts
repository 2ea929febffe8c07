import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import {
  type SceneOrganization,
  findAttempt,
  hasSession,
  loginUrl,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

import { anyJson, anyText, nearly } from './hostile-values.ts';

/* Complete sign-ins, over sockets, at a provider whose token and userinfo endpoints return arbitrary responses. */

let organization: SceneOrganization;

const scene = useLoginScene('sqlite');
beforeAll(async () => {
  organization = await scene.addOrganization();
});

// The characters that an HTTP header may contain; Node refuses to send others (RFC 9110, section 5.5).
const headerText = fc.oneof(
  anyText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')),
  fc
    .array(
      fc.constantFrom(
        'Bearer',
        'DPoP',
        ' ',
        ',',
        '=',
        '"',
        '\\',
        'error',
        '="invalid_token"',
        'algs="ES256"',
        'realm=',
        ';',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);
const headers = fc
  .record(
    { 'www-authenticate': headerText, 'dpop-nonce': headerText, 'content-type': headerText, 'retry-after': headerText },
    { requiredKeys: [] },
  )
  .map((some) => Object.fromEntries(Object.entries(some).filter(([, value]) => value.trim() !== '')));
const status = fc.constantFrom(200, 200, 200, 204, 400, 401, 403, 418, 500);
const good = {
  access_token: 'an-access-token',
  token_type: 'Bearer',
  id_token: 'e30.e30.e30',
  expires_in: 3600,
  error: 'invalid_grant',
};
const bodies = fc.oneof(
  nearly(good).map((value) => JSON.stringify(value)),
  anyJson.map((value) => JSON.stringify(value) ?? ''),
  anyText,
);

it.each(['token', 'userinfo'] as const)(
  'any response of the %s endpoint leads to a response with an error code',
  async (endpoint) => {
    await fc.assert(
      fc.asyncProperty(status, headers, bodies, async (code, sentHeaders, body) => {
        organization.idp.mutate({
          idTokenClaims: ({ email: _email, ...claims }) => claims,
          reply: {
            [endpoint]: (reply: object) => ({
              ...reply,
              status: code,
              headers: { 'content-type': 'application/json', ...sentHeaders },
              body,
            }),
          },
        });
        const { answer, browser } = await signIn(scene, { organization });
        const attempt = new URL(answer.location).searchParams.get('attempt') ?? '';
        const record = await findAttempt(scene, attempt);
        expect([answer.status, record?.outcome]).toEqual([302, 'refused']);
        expect(record?.code).not.toBe('internal_error');
        expect(hasSession(browser)).toBe(false);
        // Other tests cover the circuit breaker for an endpoint that is down.
        scene.clock.advance(60_000);
      }),
      { numRuns: 150 },
    );
  },
);

it('any query and cookies at the callback are rejected without a server error', async () => {
  const parameter = fc.tuple(fc.constantFrom('state', 'code', 'iss', 'error', 'x', 'state[]'), anyText);
  const cookie = fc.tuple(fc.constantFrom('jid', 'sallyport_attempt_000000000_aaaaaaaaaaaa', 'x'), headerText);
  await fc.assert(
    fc.asyncProperty(
      fc.array(parameter, { maxLength: 5 }),
      fc.array(cookie, { maxLength: 5 }),
      async (query, cookies) => {
        const url = new URL('/api/v1/sso/oidc/callback', scene.server.url);
        for (const [name, value] of query) url.searchParams.append(name, value.slice(0, 500));
        const header = cookies.map((pair) => pair.join('=')).join('; ');
        const sent = header.trim() === '' ? {} : { headers: { cookie: header } };
        const answer = await openBrowser().visit(url, sent);
        expect([302, 400, 422]).toContain(answer.status);
        expect(answer.headers.getSetCookie().filter((line) => /^jid=[^;]/.test(line))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

it('any target of a sign-in is rejected or leads to the provider', async () => {
  organization.idp.mutate({ idTokenClaims: undefined, reply: undefined });
  const name = fc.constantFrom('orgSlug', 'domain', 'email', 'returnTo', 'callbackPort');
  const value = fc.oneof(
    anyText.map((text) => text.slice(0, 500)),
    fc.constantFrom(organization.slug, 'acme.example', '/', '8080'),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value), async (query) => {
      const { status: answered, location } = await openBrowser().visit(loginUrl(scene, query));
      expect([302, 400, 404, 422]).toContain(answered);
      if (answered === 302) expect([scene.server.url, organization.idp.url]).toContain(new URL(location).origin);
    }),
    { numRuns: 300, examples: [[{ orgSlug: organization.slug }]] },
  );
});
