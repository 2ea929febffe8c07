import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import { openBrowser } from '../support/browser-client.ts';
import { jsonReply, type Reply } from '../support/faulty-idp-replies.ts';
import type { Claims } from '../support/faulty-idp.ts';
import {
  type OrganizationOptions,
  beginSignIn,
  expectRefusal,
  expectTurnedAway,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import { readEverything } from '../support/stored-rows.ts';
import { expectAdmitted, expectHeld, expectHeldAt, expectSignedIn } from './hostile-scene.ts';

const answering = (reply: Reply): OrganizationOptions => ({ idp: { mutate: { reply: { token: () => reply } } } });
const tokens = (change: Claims): OrganizationOptions => ({
  idp: { mutate: { token: (good) => ({ ...good, ...change }) } },
});
/** Userinfo is needed only for groups; the ID token has all other claims. */
const userinfo = (change: (good: Claims) => unknown): OrganizationOptions => ({
  idp: { mutate: { idTokenClaims: ({ email: _email, ...claims }) => claims, userinfo: change } },
});
const html = { 'content-type': 'text/html' };

type Case = readonly [title: string, code: ErrorCode, options: OrganizationOptions];

const refused: readonly Case[] = [
  ['H134: 200 with an error', 'idp_code_refused', answering(jsonReply({ error: 'invalid_grant' }))],
  ['H134: 400 with a page', 'idp_error', answering({ status: 400, headers: html, body: '<html>' })],
  ['H134: 401 without a word', 'idp_client_refused', answering({ status: 401, headers: {}, body: '' })],
  [
    'H134: an unknown client in words of its own',
    'idp_client_refused',
    answering(
      jsonReply({ errorCode: 'invalid_client', errorSummary: "Invalid value for 'client_id' parameter." }, 400),
    ),
  ],
  ['H134: 200 with an error in words of its own', 'idp_response_invalid', answering(jsonReply({ errorCode: 'x' }))],
  ['H134: 500', 'idp_unreachable', answering({ status: 500, headers: html, body: 'oops' })],
  ['H134: nothing', 'idp_response_invalid', answering({ ...jsonReply({}), body: '' })],
  ['H135: no ID token', 'id_token_missing', tokens({ id_token: undefined })],
  ['H135: an ID token that is null', 'id_token_missing', tokens({ id_token: null })],
  ['H136: no token type', 'idp_response_invalid', tokens({ token_type: undefined })],
  ['H136: the token type mac', 'idp_response_invalid', tokens({ token_type: 'mac' })],
  ['H136: the token type N_A', 'idp_response_invalid', tokens({ token_type: 'N_A' })],
  ['H137: a token that is bound to a missing proof', 'idp_response_invalid', tokens({ token_type: 'DPoP' })],
  ['H144: userinfo of another user', 'userinfo_subject_mismatch', userinfo((good) => ({ ...good, sub: 'other' }))],
  ['H144: userinfo without a subject', 'userinfo_subject_mismatch', userinfo(({ sub: _sub, ...good }) => good)],
  [
    'H144: a subject at userinfo that is a number',
    'userinfo_subject_mismatch',
    userinfo((good) => ({ ...good, sub: 7 })),
  ],
  [
    'H150: userinfo that answers like an introspection',
    'userinfo_subject_mismatch',
    userinfo(() => ({ active: false })),
  ],
  ['H150: userinfo that is a list', 'idp_response_invalid', userinfo(() => [])],
];

const accepted: readonly (readonly [title: string, options: OrganizationOptions])[] = [
  ['H136: the token type bEaReR', tokens({ token_type: 'bEaReR' })],
  ['H138: a negative life of the access token', tokens({ expires_in: -1 })],
  ['H138: a life that is text', tokens({ expires_in: '300' })],
  ['H138: a life beyond counting', tokens({ expires_in: 1e99 })],
  ['H138: no life at all', tokens({ expires_in: undefined })],
];

/** Access tokens that no userinfo request can contain, and the record's text for each. */
const unsendable: readonly (readonly [what: string, accessToken: unknown, reason: string, found: string])[] = [
  ['with a line break', 'a\r\nx: y', 'access_token_malformed', 'characters that a header cannot hold'],
  ['of 16,385 characters', 'e'.repeat(16_385), 'access_token_too_long', '16385 characters'],
  ['of 75,000 characters', 'e'.repeat(75_000), 'access_token_too_long', '75000 characters'],
  ['that is missing', undefined, 'access_token_missing', 'none'],
];

const groupNamed = (index: number) =>
  `CN=APP-Something-Rather-Long-${index},OU=Application Groups,OU=EMEA,DC=corp,DC=example,DC=com`;
const pathNamed = (index: number) => `/organization/department-${index % 40}/team-with-a-name-of-its-own-${index}`;
const listOf = (length: number, name: (index: number) => string) => Array.from({ length }, (_, index) => name(index));

/** ID tokens of users in a very large number of groups. */
const manyGroups: readonly (readonly [what: string, claims: Claims, config: OrganizationOptions['config']])[] = [
  ['900 Keycloak paths', { groups: listOf(900, pathNamed) }, {}],
  [
    '700 long LDAP names',
    { groups: undefined, memberOf: listOf(700, groupNamed) },
    { groupsClaim: 'memberOf', groupsFormat: 'distinguished-names' },
  ],
  ['1,000 long LDAP names', { groups: listOf(1_000, groupNamed) }, { groupsFormat: 'distinguished-names' }],
];

describe('a hostile token endpoint', () => {
  const scene = useLoginScene('sqlite');

  it.each(refused)('%s', async (_title, code, options) => {
    await expectHeld(scene, code, options);
  });

  it.each(accepted)('%s', async (_title, options) => {
    await expectAdmitted(scene, options);
  });

  it.each(unsendable)('H139, H360: never sends an access token %s', async (_what, access_token, reason, found) => {
    const mutate = { token: (good: Claims) => ({ ...good, access_token }) };
    const unread = await expectAdmitted(scene, { idp: { mutate }, config: { userinfo: 'never' } });
    const optional = await expectAdmitted(scene, { idp: { mutate }, config: { userinfo: 'always' } });
    const idTokenClaims = ({ email: _email, ...claims }: Claims) => claims;
    const needed = await expectHeld(scene, 'idp_response_invalid', { idp: { mutate: { ...mutate, idTokenClaims } } });
    for (const { idp } of [unread, optional, needed]) expect(idp.count('userinfo')).toBe(0);
    const { steps } = await attemptRecords(scene).newest(needed);
    expect(steps.at(-1)).toMatchObject({ name: 'userinfo', outcome: 'failed', found });
    const [{ details }] = await scene.server.database.db
      .selectFrom('login_attempts')
      .select('details')
      .where('organization_id', '=', needed.id)
      .execute()
      .then(([row = { details: '{}' }]) => [row] as const);
    expect(JSON.parse(details)).toMatchObject({ reason });
  });

  it('H360: sends an access token of 12,000 characters', async () => {
    const organization = await expectAdmitted(scene, {
      config: { userinfo: 'always' },
      idp: { mutate: { token: (good) => ({ ...good, access_token: 'e'.repeat(12_000) }) } },
    });
    expect(organization.idp.count('userinfo')).toBe(1);
  });

  it.each(manyGroups)('H205: accepts an ID token that names %s', async (_what, claims, config) => {
    const organization = await expectAdmitted(scene, {
      config: { manageGroupMemberships: true, ...config },
      idp: { mutate: { idTokenClaims: (good) => ({ ...good, ...claims }) } },
    });
    const { groups } = await attemptRecords(scene).newest(organization);
    expect(groups).toMatchObject({ claim: 'present', added: [] });
    expect(groups?.named).toBeGreaterThanOrEqual(700);
  });

  it('H205: rejects an ID token that is too long and reports its size', async () => {
    const padding = 'x'.repeat(184_000);
    const organization = await expectHeld(scene, 'idp_response_invalid', {
      idp: { mutate: { idTokenClaims: (good) => ({ ...good, padding }) } },
    });
    const { steps, explanation } = await attemptRecords(scene).newest(organization);
    expect(steps.at(-1)?.found).toMatch(/^2\d{5} characters$/u);
    expect(explanation.whatHappened).toMatch(/ID token is too long.*2\d{5} characters/u);
    expect(explanation.whatToDo).toContain('groups');
  });

  it('sends a token request with the bare content type', async () => {
    const organization = await expectAdmitted(scene, {
      idp: {
        mutate: {
          reply: {
            token: (reply, { headers }) =>
              headers['content-type'] === 'application/x-www-form-urlencoded' ? reply : { ...reply, status: 415 },
          },
        },
      },
    });
    expect(organization.idp.count('token')).toBe(1);
  });

  /** The whole database as text, in which a test searches for its markers. */
  const allRows = async (): Promise<string> => JSON.stringify([...(await readEverything(scene.server.database))]);

  it('H140: does not store a refresh token that it did not request', async () => {
    await expectAdmitted(scene, tokens({ refresh_token: 'marked-refresh-token', access_token: 'marked-access-token' }));
    expect(await allRows()).not.toMatch(/marked-(?:refresh|access)-token/u);
  });

  it('H141: keeps an echoed client secret out of rows, pages and responses', async () => {
    const clientSecret = 'marked secret & more';
    const base64 = Buffer.from(clientSecret).toString('base64');
    const error_description = `got ${clientSecret}, ${encodeURIComponent(clientSecret)}, marked+secret+%26+more, ${base64}`;
    let sent = '';
    const organization = await scene.addOrganization({
      idp: {
        clientSecret,
        mutate: {
          reply: {
            token: (_reply, { headers: { authorization } }) => {
              sent = authorization?.replace('Basic ', '') ?? '';
              return jsonReply({ error: 'invalid_request', error_description: `${error_description}, ${sent}` }, 400);
            },
          },
        },
      },
    });
    await expectHeldAt(scene, 'idp_error', organization);
    const { answer, browser } = await signIn(scene, { organization });
    const page = await browser.visit(answer.location);
    const { newest } = attemptRecords(scene);
    const texts = [await allRows(), page.text, JSON.stringify(await newest(organization))];
    for (const text of texts) {
      expect(text).not.toMatch(/marked(?: |\+|%20)secret/u);
      for (const spelling of [base64, sent]) expect(text).not.toContain(spelling);
    }
    // The admin sees the provider's error text without the secrets in it.
    expect(texts.at(-1)).toContain('invalid_request: got [redacted], [redacted], [redacted], [redacted], [redacted]');
  });

  it.each(['hang', 'close', 'cut'] as const)('H142: sends the code once if no response arrives (%s)', async (fault) => {
    const { idp } = await expectHeld(scene, 'idp_unreachable', {
      idp: { mutate: { reply: { token: (reply) => ({ ...reply, fault }) } } },
    });
    expect(idp.count('token')).toBe(1);
  });

  it.each(['a:b', '100%', 'a+b c', 'ümlaut', "-_.!~*'()"])(
    'H143: authenticates with the secret %j',
    async (clientSecret) => {
      await expectAdmitted(scene, { idp: { clientSecret } });
    },
  );

  const raw = { tokenEndpointAuthMethod: 'client_secret_basic_raw' } as const;

  it.each(['a:b', '100%', 'a+b c', 'ümlaut', 'plain'])(
    'H143: sends the secret %j without encoding to a provider that expects that',
    async (clientSecret) => {
      await expectAdmitted(scene, { config: raw, idp: { clientSecret, takesRawCredentials: true } });
    },
  );

  it('H143: fails if the provider rejects the configured form of the secret', async () => {
    const clientSecret = 'a+b c';
    const encoded = { tokenEndpointAuthMethod: 'client_secret_basic' } as const;
    await expectHeld(scene, 'idp_client_refused', {
      config: encoded,
      idp: { clientSecret, takesRawCredentials: true },
    });
    await expectHeld(scene, 'idp_client_refused', { config: raw, idp: { clientSecret } });
  });

  it("H145: accepts addresses from userinfo only in the organization's domains", async () => {
    await expectHeld(scene, 'email_domain_not_allowed', {
      ...userinfo((good) => ({ ...good, email: 'admin@elsewhere.example', email_verified: true })),
      config: { allowedEmailDomains: 'acme.example' },
    });
  });

  it.each([401, 500])('H147: changes no group if userinfo, the only source of groups, answers %s', async (status) => {
    const organization = await expectAdmitted(scene, { config: { manageGroupMemberships: true } });
    const json = { name: 'Engineering', organizationId: organization.id };
    await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    await signIn(scene, { organization });
    const memberships = () =>
      scene.server.database.db
        .selectFrom('group_memberships')
        .select('user_id')
        .where('organization_id', '=', organization.id)
        .execute();
    expect(await memberships()).toHaveLength(1);
    organization.idp.mutate({
      idTokenClaims: ({ groups: _groups, ...claims }) => claims,
      reply: { userinfo: (reply) => ({ ...reply, status }) },
    });
    await expectSignedIn(scene, organization);
    expect(organization.idp.count('userinfo')).toBe(1);
    expect(await memberships()).toHaveLength(1);
  });

  it('H148: does not call the endpoint of distributed claims', async () => {
    const trap = await scene.addOrganization();
    const sources = { src1: { endpoint: `${trap.idp.url}/userinfo`, access_token: 'x' } };
    await expectAdmitted(scene, {
      config: { manageGroupMemberships: true },
      idp: {
        mutate: {
          idTokenClaims: ({ groups: _groups, ...claims }) => ({
            ...claims,
            _claim_names: { groups: 'src1' },
            _claim_sources: sources,
          }),
        },
      },
    });
    expect(trap.idp.requests).toHaveLength(0);
  });

  it('H149: sends tokens and secrets only to the endpoints of their own connection', async () => {
    const organization = await expectAdmitted(
      scene,
      userinfo((good) => good),
    );
    const requests = organization.idp.requests.filter(({ headers }) => headers.authorization !== undefined);
    expect(requests.map(({ endpoint }) => endpoint)).toEqual(['token', 'userinfo']);
    expect(
      (await scene.bystander()).idp.requests.some(({ headers }) => headers.authorization?.includes('Bearer')),
    ).toBe(false);
  });

  it('H151: starts one session for a code that the provider would redeem twice', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const attemptCookies = [...browser.cookies('localhost')];
    const first = await browser.visit(callback);
    expect(first.location).not.toContain('/login/error');
    expect((await browser.visit(callback)).location).toBe(first.location);
    const kept = openBrowser();
    for (const [name, value] of attemptCookies) kept.cookies('localhost').set(name, value);
    await expectTurnedAway(scene, 'attempt_finished', () => kept.visit(callback));
    expect(organization.idp.count('token')).toBe(1);
  });

  it("H134: shows the provider's error text only in the record for the admin", async () => {
    const organization = await scene.addOrganization(
      answering(jsonReply({ error: 'invalid_client', error_description: 'AADSTS7000215 wrong secret' }, 401)),
    );
    const attempt = await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
    const { steps } = await attemptRecords(scene).read(organization, attempt.id);
    expect(steps.at(-1)?.found).toBe('invalid_client: AADSTS7000215 wrong secret');
    const page = await openBrowser().visit(`${scene.server.url}/login/error?attempt=${attempt.id}`);
    expect(page.text).not.toContain('AADSTS7000215');
  });
});
