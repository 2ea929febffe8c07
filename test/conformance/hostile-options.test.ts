import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { beforeAll, describe, expect, it } from 'vitest';

import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { addPerson } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type SceneOrganization, readToken, signIn, tamper, useLoginScene } from '../support/login-scene.ts';
import { configUrl, storedConfig } from '../support/oidc-config-body.ts';
import { expectHeldAt, expectSignedIn } from './hostile-scene.ts';

const alice = { sub: 'subject-of-alice', email: 'alice@acme.example', given_name: 'Alice', family_name: 'Practice' };

/** Names of inherited properties. A careless lookup finds them in every object. */
const inherited = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', '__lookupGetter__'];

type Refused = readonly [what: string, options: Partial<ConnectionOptions>, claims: Claims, code: ErrorCode];

const refused: readonly Refused[] = [
  ...inherited.map((name): Refused => [
    `a required claim ${name} that was not sent`,
    { requiredClaims: { [name]: 'x' } },
    {},
    'required_claim_missing',
  ]),
  ...inherited.map((name): Refused => [
    `an address in ${name}, which was not sent`,
    { emailClaims: [name] },
    {},
    'email_missing',
  ]),
  [
    'an address among others in a list',
    { emailClaims: ['upn'] },
    { upn: ['alice@acme.example', 'boss@acme.example'] },
    'email_invalid',
  ],
  [
    'an address in an object',
    { emailClaims: ['upn'] },
    { upn: { 0: 'alice@acme.example', length: 1 } },
    'email_invalid',
  ],
  ['an address that is a number', { emailClaims: ['upn'] }, { upn: 7 }, 'email_invalid'],
  ['an address that is false', { emailClaims: ['upn', 'email'] }, { upn: false }, 'email_invalid'],
  ['an address of blanks before a good one', { emailClaims: ['upn', 'email'] }, { upn: ' ' }, 'email_invalid'],
  [
    'a required text in a list',
    { requiredClaims: { hd: 'acme.example' } },
    { hd: ['acme.example'] },
    'required_claim_missing',
  ],
  [
    'a required text with NUL behind it',
    { requiredClaims: { hd: 'acme.example' } },
    { hd: 'acme.example\0' },
    'required_claim_missing',
  ],
  [
    'a required text in other letters',
    { requiredClaims: { hd: 'acme.example' } },
    { hd: 'ａcme.example' },
    'required_claim_missing',
  ],
  ['a required truth as text', { requiredClaims: { staff: true } }, { staff: 'true' }, 'required_claim_missing'],
  ['a required truth as number', { requiredClaims: { staff: true } }, { staff: 1 }, 'required_claim_missing'],
  ['a required lie that was not sent', { requiredClaims: { banned: false } }, {}, 'required_claim_missing'],
  ['a required lie as null', { requiredClaims: { banned: false } }, { banned: null }, 'required_claim_missing'],
  ['one of two required claims', { requiredClaims: { hd: 'a', tid: 'b' } }, { hd: 'a' }, 'required_claim_missing'],
  ['a context in a list', { acrValues: ['mfa'] }, { acr: ['mfa'] }, 'authentication_too_weak'],
  ['a context among others in one text', { acrValues: ['mfa'] }, { acr: 'pwd mfa' }, 'authentication_too_weak'],
  ['a context that begins like it', { acrValues: ['mfa'] }, { acr: 'mfa-optional' }, 'authentication_too_weak'],
  ['a context in amr', { acrValues: ['mfa'] }, { amr: ['mfa'], acr: '0' }, 'authentication_too_weak'],
  [
    'a moment yet to come',
    { maxAgeSeconds: 60 },
    { auth_time: Date.parse('2026-11-24T09:00:00Z') / 1000 },
    'authentication_too_old',
  ],
  [
    'a moment in milliseconds',
    { maxAgeSeconds: 60 },
    { auth_time: Date.parse('2026-11-24T08:00:00Z') },
    'authentication_too_old',
  ],
  [
    'a moment as text',
    { maxAgeSeconds: 60 },
    { auth_time: String(Date.parse('2026-11-24T08:00:00Z') / 1000) },
    'id_token_invalid',
  ],
  [
    'a moment in a list',
    { maxAgeSeconds: 60 },
    { auth_time: [Date.parse('2026-11-24T08:00:00Z') / 1000] },
    'id_token_invalid',
  ],
  ['an unknown time', { maxAgeSeconds: 60 }, { auth_time: 0 }, 'id_token_invalid'],
  ['a moment before there was time', { maxAgeSeconds: 31_536_000 }, { auth_time: -1 }, 'id_token_invalid'],
  ['a moment beyond counting', { maxAgeSeconds: 60 }, { auth_time: 1e300 }, 'id_token_invalid'],
  [
    'a trusted audience that is a prefix',
    { trustedAudiences: ['project'] },
    { aud: ['sallyport-client', 'project-7'], azp: 'sallyport-client' },
    'id_token_invalid',
  ],
  [
    'a trusted audience without the client',
    { trustedAudiences: ['project'] },
    { aud: ['project'] },
    'id_token_invalid',
  ],
  [
    'a trusted audience for azp',
    { trustedAudiences: ['project'] },
    { aud: ['sallyport-client', 'project'], azp: 'project' },
    'id_token_invalid',
  ],
];

describe.each(engines)("claims that abuse a connection's options (%s)", (engine) => {
  /** An organization that owns a domain, and its admin, who never signed in through a provider. */
  let owned: { organization: SceneOrganization; userId: string };

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'owned.example:owner' });
  beforeAll(async () => {
    const organization = await scene.addOrganization({ slug: 'owner' });
    const { userId } = await addPerson(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const address = { email: 'boss@owned.example', email_key: 'boss@owned.example' };
    await tamper(scene, async (tx) => {
      await tx.updateTable('users').set(address).where('id', '=', userId).execute();
      const { email_key } = address;
      await tx.updateTable('memberships').set({ email_key }).where('user_id', '=', userId).execute();
    });
    owned = { organization, userId };
  });

  const addOrganization = (options: Partial<ConnectionOptions>, claims: Claims, userinfo?: Claims) =>
    scene.addOrganization({
      config: options,
      idp: {
        claims: alice,
        mutate: {
          idTokenClaims: (good) => ({ ...good, ...claims }),
          userinfo: (good) => ({ ...good, ...userinfo }),
        },
      },
    });
  const identitiesOf = async (userId: string) => {
    const { db } = scene.server.database;
    return (await db.selectFrom('user_identities').selectAll().where('user_id', '=', userId).execute()).length;
  };
  const meAt = async (organization: SceneOrganization) => {
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    return (await scene.server.call('/api/v2/users/me', { token })).body.user;
  };

  it.each(refused)('H086, H091, H171: %s does not sign the user in', async (_what, options, claims, code) => {
    await expectHeldAt(scene, code, await addOrganization(options, claims));
  });

  it('H275: rejects a required claim that has the name of a prototype', async () => {
    const { id } = await scene.bystander();
    const before = await storedConfig(scene.server, id);
    const body = `{"organizationId":"${id}","requiredClaims":{"__proto__":"x"}}`;
    const answer = await scene.server.call(configUrl, { method: 'PATCH', token: scene.boot.token, json: body });
    expect(answer.status).toBe(422);
    expect(await storedConfig(scene.server, id)).toEqual(before);
  });

  it.each(['hd\n', '\nhd', 'h\u2028d', 'hd\0', '\u0085hd'])(
    'H262: rejects a required claim with an invalid name (%j)',
    async (name) => {
      const { id } = await scene.bystander();
      const before = await storedConfig(scene.server, id);
      const json = { organizationId: id, requiredClaims: { [name]: 'acme.example' } };
      const answer = await scene.server.call(configUrl, { method: 'PATCH', token: scene.boot.token, json });
      expect(answer.status).toBe(422);
      expect(await storedConfig(scene.server, id)).toEqual(before);
    },
  );

  it('H098: reads a claim that really has such a name like any other', async () => {
    const options = { requiredClaims: { constructor: 'x' }, emailClaims: ['toString'], firstNameClaim: 'valueOf' };
    const claims = { constructor: 'x', toString: 'bob@acme.example', valueOf: 'Bob' };
    const organization = await addOrganization(options, claims);
    expect(await meAt(organization)).toMatchObject({ email: 'bob@acme.example', firstName: 'Bob' });
  });

  it('H100: falls back to the usual name claims if the configured name is one that every object has', async () => {
    const organization = await addOrganization({ firstNameClaim: 'constructor', lastNameClaim: '__proto__' }, {});
    expect(await meAt(organization)).toMatchObject({ firstName: 'alice', lastName: '' });
  });

  it('H145: ignores the address from userinfo if the ID token has one, valid or not', async () => {
    const boss = { email: 'boss@acme.example', email_verified: true };
    const organization = await addOrganization({ userinfo: 'always' }, { email_verified: false }, boss);
    expect(await meAt(organization)).toMatchObject({ email: alice.email });
    const spoiled = await addOrganization({ userinfo: 'always' }, { email: 'no address' }, boss);
    await expectHeldAt(scene, 'email_invalid', spoiled);
  });

  it.each<[string, Partial<ConnectionOptions>, Claims, Claims]>([
    ['beside the claim that it is taken from', { emailClaims: ['upn'] }, { email_verified: false }, {}],
    [
      'in other letters beside it',
      { emailClaims: ['upn'] },
      { email: 'BOSS@Owned.example', email_verified: 'false' },
      {},
    ],
    [
      'as one of several beside it',
      { emailClaims: ['upn'] },
      { email: ['other@acme.example', 'boss@owned.example'], email_verified: false },
      {},
    ],
    ['in lists beside it', { emailClaims: ['upn'] }, { email: ['boss@owned.example'], email_verified: [false] }, {}],
    ['at userinfo', { userinfo: 'always' }, {}, { email_verified: false }],
    ['at userinfo, of another claim', { emailClaims: ['upn'], userinfo: 'always' }, {}, { email_verified: false }],
  ])(
    'H173: an address that the provider calls unverified %s links no account',
    async (_what, options, claims, userinfo) => {
      const { organization, userId } = owned;
      const boss = { sub: `subject-${randomUUID()}`, email: 'boss@owned.example', upn: 'boss@owned.example' };
      await scene.changeConfig(organization, { emailClaims: [], userinfo: 'when-needed', ...options });
      organization.idp.setClaims({ ...alice, ...boss });
      organization.idp.mutate({
        idTokenClaims: (good) => ({ ...good, ...claims }),
        userinfo: (good) => ({ ...good, ...userinfo }),
      });
      await expectHeldAt(scene, 'account_link_required', organization);
      expect(await identitiesOf(userId)).toBe(0);
    },
  );

  it("H173: links an account even if the provider calls another user's address unverified", async () => {
    const { organization, userId } = owned;
    await scene.changeConfig(organization, { emailClaims: ['upn'], userinfo: 'when-needed' });
    organization.idp.setClaims({
      ...alice,
      email: 'other@owned.example',
      email_verified: false,
      upn: 'boss@owned.example',
    });
    organization.idp.mutate({ idTokenClaims: undefined, userinfo: undefined });
    await expectSignedIn(scene, organization);
    expect(await identitiesOf(userId)).toBe(1);
  });

  describe('hostile groups', () => {
    const groupsAfter = async (options: Partial<ConnectionOptions>, claims: Claims, userinfo?: Claims) => {
      const organization = await addOrganization({ groupsClaim: 'roles', ...options }, { roles: ['Kept'] }, userinfo);
      await scene.changeConfig(organization, { manageGroupMemberships: true });
      for (const name of ['Kept', 'Admins', ...inherited]) {
        const json = { name, organizationId: organization.id, slug: `g-${randomUUID()}` };
        const made = await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
        expect(made.status).toBe(200);
      }
      // The groups of a valid sign-in, with the attack's options except the name of the claim.
      await scene.changeConfig(organization, {
        groupsClaim: 'roles',
        groupsFormat: 'automatic',
        groupsSource: 'id_token',
      });
      await expectSignedIn(scene, organization);
      await scene.changeConfig(organization, { groupsSource: 'automatic', groupsClaim: 'roles', ...options });
      organization.idp.mutate({ idTokenClaims: (good) => ({ ...good, ...claims }) });
      await expectSignedIn(scene, organization);
      const rows = await scene.server.database.db
        .selectFrom('group_memberships')
        .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
        .select('groups.name')
        .where('group_memberships.organization_id', '=', organization.id)
        .execute();
      return rows.map(({ name }) => name).toSorted();
    };

    it.each<[string, Partial<ConnectionOptions>, Claims]>([
      ...[...inherited, '__proto__'].map((groupsClaim): [string, Partial<ConnectionOptions>, Claims] => [
        `in ${groupsClaim}, which was not sent`,
        { groupsClaim },
        {},
      ]),
      ['in a list of lists', {}, { roles: [['Admins']] }],
      ['in an object like a list', {}, { roles: { 0: 'Admins', length: 1 } }],
      ['in an object where texts are wanted', {}, { roles: { Admins: {} } }],
      ['in a text where keys are wanted', { groupsFormat: 'object-keys' }, { roles: 'Admins' }],
      ['that are not LDAP names', { groupsFormat: 'distinguished-names' }, { roles: ['CN=Admins', 'Admins'] }],
      ['in an LDAP name with a number', { groupsFormat: 'distinguished-names' }, { roles: ['CN=Admins', 7] }],
      ['of nothing but delimiters', { groupsFormat: 'delimited', groupsDelimiter: ';' }, { roles: ';;;' }],
      ['of blanks', {}, { roles: [' ', '\t'] }],
      ['that are said to lie elsewhere', {}, { roles: undefined, _claim_names: { roles: 'src' } }],
    ])('H200, H202, H203: %s change nothing', async (_what, options, claims) => {
      expect(await groupsAfter(options, claims)).toEqual(['Kept']);
    });

    it('H204: never fetches groups from a URL in a claim', async () => {
      const calls: string[] = [];
      const elsewhere = createServer((request, response) => {
        calls.push(request.url ?? '');
        response.end('{"roles":["Admins"],"groups":["Admins"],"email":"boss@acme.example"}');
      });
      await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
      const { port } = elsewhere.address() as AddressInfo;
      const endpoint = `http://127.0.0.1:${port}/`;
      const pointers = {
        roles: undefined,
        groups: endpoint,
        _claim_names: { roles: 'src', groups: 'src', email: 'src', __proto__x: 'src' },
        _claim_sources: { src: { endpoint, access_token: 'x', JWT: endpoint } },
      };
      for (const options of [
        {},
        { userinfo: 'always' },
        { groupsSource: 'userinfo' },
        { groupsClaim: '_claim_sources' },
      ] as const) {
        expect(await groupsAfter(options, pointers, pointers)).toEqual(['Kept']);
      }
      elsewhere.close();
      expect(calls).toEqual([]);
    });

    it.each<[Partial<ConnectionOptions>, Claims]>([
      [{ groupsFormat: 'object-keys' }, { roles: JSON.parse('{"__proto__":{},"constructor":{},"Admins":{}}') }],
      [{}, { roles: ['Admins', 'constructor', '__proto__'] }],
    ])('H209: accepts group names that every JavaScript object has (%j)', async (options, claims) => {
      expect(await groupsAfter(options, claims)).toEqual(['Admins', 'constructor']);
    });
  });
});
