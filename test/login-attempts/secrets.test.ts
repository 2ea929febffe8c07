import { beforeAll, describe, expect, it } from 'vitest';

import type { Logger } from '../../src/kernel/logger.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { FaultyIdp, Mutations } from '../support/faulty-idp.ts';
import { type SceneOrganization, beginSignIn, useLoginScene } from '../support/login-scene.ts';

const secret = 'canary-client-secret-that-nobody-may-see';
const person = {
  sub: 'canary-subject',
  given_name: 'Canarygiven',
  family_name: 'Canaryfamily',
  name: 'Canarygiven Canaryfamily',
  phone_number: 'canary-phone',
};

/** What is wrong with one sign-in. It gets the secrets, so that it can repeat them. */
type Fault = readonly [name: string, (seen: readonly string[]) => Mutations];

const repeat = (seen: readonly string[]) => `you sent ${seen.join(' and ')}`;
const faults: readonly Fault[] = [
  ['nothing', () => ({})],
  ['another audience', () => ({ idTokenClaims: (claims) => ({ ...claims, aud: 'another' }) })],
  ['an expired token', () => ({ idTokenClaims: (claims) => ({ ...claims, exp: 1 }) })],
  ['another nonce', () => ({ idTokenClaims: (claims) => ({ ...claims, nonce: 'canary-nonce' }) })],
  ['hashes of another value', () => ({ idTokenClaims: (claims) => ({ ...claims, at_hash: 'canary-hash' }) })],
  ['a logout token', () => ({ idTokenClaims: (claims) => ({ ...claims, events: { canary: 'canary-event' } }) })],
  ['no subject', () => ({ idTokenClaims: ({ sub: _sub, ...claims }) => claims })],
  ['a missing key', () => ({ idTokenHeader: { kid: 'nobody' } })],
  [
    'no address',
    () => ({ idTokenClaims: ({ email: _email, ...claims }) => claims, userinfo: (c) => ({ sub: c['sub'] }) }),
  ],
  ['an invalid address', () => ({ idTokenClaims: (claims) => ({ ...claims, email: 'canary-no-address' }) })],
  [
    'userinfo of another subject',
    () => ({
      idTokenClaims: ({ email: _email, ...claims }) => claims,
      userinfo: (claims) => ({ ...claims, sub: 'canary-other-subject' }),
    }),
  ],
  [
    'a token endpoint that repeats what it was sent',
    (seen) => ({
      reply: {
        token: (reply) => ({
          ...reply,
          status: 400,
          body: JSON.stringify({ error: 'invalid_grant', error_description: repeat(seen) }),
        }),
      },
    }),
  ],
  [
    'a token endpoint whose response is not JSON',
    (seen) => ({ reply: { token: (reply) => ({ ...reply, body: repeat(seen) }) } }),
  ],
  [
    'an issuer that repeats what it was sent',
    (seen) => ({ idTokenClaims: (claims) => ({ ...claims, iss: seen.slice(0, 3).join(' ') }) }),
  ],
];

describe.each(engines)('secrets of a sign-in (%s)', (engine) => {
  let organization: SceneOrganization;
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${everything(fields)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const tokens: string[] = [];

  const scene = useLoginScene(engine, {}, { logger });
  beforeAll(async () => {
    organization = await scene.addOrganization({ idp: { clientSecret: secret } });
  });

  /** Keeps every token that the provider gives out. */
  const keepTokens = (idp: FaultyIdp, mutations: Mutations) =>
    idp.mutate({
      idTokenClaims: undefined,
      idTokenHeader: {},
      userinfo: undefined,
      reply: {},
      ...mutations,
      token: (body) => {
        tokens.push(String(body['access_token']), String(body['id_token']));
        return body;
      },
    });

  it('H267, H268: appear in no record, log line or audit entry, whatever fails', async () => {
    const secrets: string[] = [];
    for (const [index, [name, fault]] of faults.entries()) {
      const { idp } = organization;
      idp.setClaims({ ...person, email: `canary-local-${index}@acme.example` });
      keepTokens(idp, {});
      const browser = openBrowser();
      const callback = await beginSignIn(scene, { organization, browser });
      const { searchParams } = idp.requests.findLast(({ endpoint }) => endpoint === 'authorization')?.url ?? callback;
      const [code, state, nonce] = [
        callback.searchParams.get('code') ?? '',
        callback.searchParams.get('state') ?? '',
        searchParams.get('nonce') ?? '',
      ];
      keepTokens(idp, fault([code, state, nonce, secret]));
      await browser.visit(callback);
      const sent = idp.requests.findLast(({ endpoint }) => endpoint === 'token')?.body;
      const verifier = sent?.get('code_verifier') ?? '';
      expect([name, code, state, nonce, verifier].map(({ length }) => length > 0)).toEqual(Array(5).fill(true));
      secrets.push(code, state, nonce, verifier);
    }
    const { db } = scene.server.database;
    const attempts = await db.selectFrom('login_attempts').selectAll().execute();
    const audit = await db.selectFrom('audit_events').selectAll().execute();
    expect(attempts.map(({ outcome }) => outcome).toSorted()).toEqual([
      ...Array<string>(faults.length - 1).fill('refused'),
      'succeeded',
    ]);
    expect(lines.filter((line) => line.startsWith('sign-in refused'))).toHaveLength(faults.length - 1);
    expect(tokens.length).toBeGreaterThan(faults.length);
    const claims = Object.values(person);
    const fragments = tokens.filter((token) => token.includes('.')).flatMap((token) => token.split('.').slice(1));
    const forbidden = [secret, ...secrets, ...tokens, ...fragments, ...claims, 'canary-', 'Canary'];
    const written = {
      attempts: JSON.stringify(attempts),
      log: lines.join('\n'),
      audit: withoutOwn(JSON.stringify(audit)),
    };
    for (const [place, text] of Object.entries(written)) {
      expect([place, forbidden.filter((one) => text.includes(one))]).toEqual([place, []]);
    }
  });
});

// The audit trail names the new account by its e-mail address, which admins know.
function withoutOwn(audit: string): string {
  return audit.replaceAll('canary-local-0@acme.example', 'the account');
}

/** Everything that a logger can reach: nested values, with the causes and stacks of errors. */
function everything(value: unknown, depth = 0): string {
  if (depth > 8) return '';
  if (value instanceof Error) {
    const own = Object.entries(value).map(([name, each]) => `${name}: ${everything(each, depth + 1)}`);
    return [value.message, value.stack, everything(value.cause, depth + 1), ...own].join('\n');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${everything(each, depth + 1)}`)
      .join('\n');
  }
  return String(value);
}
