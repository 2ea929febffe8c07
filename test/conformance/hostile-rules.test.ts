import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { useLoginScene } from '../support/login-scene.ts';
import { configUrl, storedConfig } from '../support/oidc-config-body.ts';
import { expectHeldAt, expectSignedIn } from './hostile-scene.ts';

const alice = { sub: 'subject-of-alice', email: 'alice@acme.example', given_name: 'Alice', family_name: 'Practice' };
const staff = { groups: { contains: 'staff' } };
const domain = { hd: { oneOf: ['acme.example', 'acme-labs.example'] } };
const role = { access: { path: ['roles'], containsAll: ['a', 'b'] } };
const country = { address: { path: ['country'], equals: 'DE' } };

type Lookalike = readonly [required: ConnectionOptions['requiredClaims'], claims: Claims];

const lookalikes: readonly Lookalike[] = [
  ...[
    'Staff',
    ' staff',
    'staff ',
    'staff\0',
    'ｓtaff',
    'sta\u200bff',
    'staff,other',
    '[staff]',
    '["staff"]',
    'staffs',
  ].map((text): Lookalike => [staff, { groups: [text] }]),
  [staff, { groups: 'everybody,staff' }],
  [staff, { groups: 'everybody staff' }],
  [staff, { groups: [['staff']] }],
  [staff, { groups: [{ name: 'staff' }] }],
  [staff, { groups: { staff: true } }],
  [staff, { groups: { 0: 'staff', length: 1 } }],
  [staff, { groups: [] }],
  [staff, { groups: null }],
  [staff, { groups: true }],
  [staff, { Groups: ['staff'] }],
  [{ code: { contains: '7' } }, { code: [7] }],
  ...['ACME.example', 'acme.example.', ' acme.example', 'аcme.example', 'acme.example,acme-labs.example', ''].map(
    (hd): Lookalike => [domain, { hd }],
  ),
  [domain, { hd: ['acme.example'] }],
  [domain, { hd: ['acme.example', 'acme-labs.example'] }],
  [domain, { hd: { 'acme.example': true } }],
  [domain, {}],
  [role, { access: { roles: ['a'] } }],
  [role, { access: { roles: ['a', 'B'] } }],
  [role, { access: { roles: 'a' } }],
  [role, { access: { roles: 'a,b' } }],
  [role, { access: { roles: { a: 1, b: 1 } } }],
  [role, { 'access.roles': ['a', 'b'], roles: ['a', 'b'] }],
  [country, { address: { country: ['DE'] } }],
  [country, { address: ['DE'] }],
  [country, { 'address.country': 'DE' }],
  [{ ok: { equals: true } }, { ok: 'true' }],
  [{ ok: { equals: true } }, { ok: 1 }],
  [{ ok: { equals: true } }, { ok: [true] }],
  [{ ok: { equals: false } }, {}],
  [{ ok: { equals: false } }, { ok: null }],
];

const inheritedPaths: readonly string[][] = [
  ['constructor', 'name'],
  ['toString', 'length'],
  ['__proto__', 'constructor', 'name'],
  ['groups', 'length'],
  ['groups', '0'],
  ['email', 'length'],
  ['nested', '__proto__', 'x'],
  ['nested', 'hasOwnProperty', 'name'],
];

describe.each(engines)("claims that abuse an admin's rules (%s)", (engine) => {
  const scene = useLoginScene(engine);

  const addOrganization = (options: Partial<ConnectionOptions>, claims: Claims) =>
    scene.addOrganization({ config: options, idp: { claims: { ...alice, ...claims } } });
  const patch = async (change: object) => {
    const { id } = await scene.bystander();
    const json = { organizationId: id, ...change };
    const before = await storedConfig(scene.server, id);
    const answer = await scene.server.call(configUrl, { method: 'PATCH', token: scene.boot.token, json });
    return { answer, isUnchanged: JSON.stringify(await storedConfig(scene.server, id)) === JSON.stringify(before) };
  };

  it.each(lookalikes)('H370: the rule %j does not match %j', async (requiredClaims, claims) => {
    await expectHeldAt(scene, 'required_claim_missing', await addOrganization({ requiredClaims }, claims));
  });

  describe.each(inheritedPaths.map((path) => [path]))('H371: a path that leads nowhere: %j', (path) => {
    const claims = { groups: ['staff'], nested: {} };
    it('finds no required value', async () => {
      const [name = '', ...rest] = path;
      for (const rule of [{ contains: 'Object' }, { oneOf: ['Object', 'Function', '1', 'staff'] }]) {
        const requiredClaims = { [name]: { path: rest, ...rule } };
        // JSON cannot express a rule with an inherited name, so it cannot be stored either.
        if (name === '__proto__') continue;
        await expectHeldAt(scene, 'required_claim_missing', await addOrganization({ requiredClaims }, claims));
      }
    });

    it('finds no e-mail address', async () => {
      await expectHeldAt(scene, 'email_missing', await addOrganization({ emailClaims: [path] }, claims));
    });
  });

  it.each([
    { hd: { oneOff: ['acme.example'] } },
    { hd: { Contains: 'x' } },
    { hd: { contains: 'x', Path: ['a'] } },
    { hd: { contains: 'x', containsall: ['y'] } },
    { hd: { contains: 'x', containsOneOf: ['y'] } },
    { hd: { path: ['x'] } },
    { hd: {} },
    { hd: [] },
    { hd: ['acme.example'] },
    { hd: [{ contains: 'x' }] },
    { hd: { not: 'x' } },
    { hd: { oneOf: [] } },
    { hd: { containsAll: [] } },
    { hd: { equals: { equals: 'x' } } },
    { hd: { value: 'x' } },
  ])('H372: the rule %j is not stored', async (requiredClaims) => {
    const { answer, isUnchanged } = await patch({ requiredClaims });
    expect([answer.status, answer.body.code, isUnchanged]).toEqual([422, 'validation_failed', true]);
    expect(answer.body.details[0].path).toMatch(/^requiredClaims\.hd/);
  });

  it.each<[Claims, ErrorCode]>([
    [{ email: ['alice@acme.example', 'boss@acme.example'] }, 'email_invalid'],
    [{ email: ['alice@acme.example', 'alice@acme.example'] }, 'email_invalid'],
    [{ email: [['alice@acme.example']] }, 'email_invalid'],
    [{ email: [{ value: 'alice@acme.example' }] }, 'email_invalid'],
    [{ email: ['alice@acme.example', null] }, 'email_invalid'],
    [{ email: ['not an address'] }, 'email_invalid'],
    [{ email: [null] }, 'email_invalid'],
    [{ email: [] }, 'email_missing'],
    [{ email: [''] }, 'email_missing'],
  ])('H373: an address in %j is rejected', async (claims, code) => {
    await expectHeldAt(scene, code, await addOrganization({}, claims));
  });

  const reserved =
    'state nonce redirect_uri response_type response_mode client_id scope code_challenge code_challenge_method request ' +
    'request_uri prompt max_age acr_values claims id_token_hint login_hint registration client_secret client_assertion ' +
    'code iss dpop_jkt code_verifier State REDIRECT_URI Response_Mode redirect.uri redirect-uri request:uri ' +
    'redirect__uri state. state[] _state st%61te ｓtate state&nonce state=x';
  it.each([...reserved.split(' '), 'state ', ' state', 'state\0', 'redirect uri'])(
    'H374: does not store the fixed parameter %j',
    async (name) => {
      const { answer, isUnchanged } = await patch({ authorizationParameters: { kc_idp_hint: 'corp', [name]: 'x' } });
      expect([answer.status, answer.body.details.length, isUnchanged]).toEqual([422, 1, true]);
    },
  );

  it('H374: a value cannot escape from its parameter', async () => {
    const authorizationParameters = { hint: 'x&state=forged#&redirect_uri=https://evil.example' };
    await expectSignedIn(scene, await addOrganization({ authorizationParameters }, {}));
  });

  it.each<[Partial<ConnectionOptions>, Claims]>([
    [{ groupsClaim: ['a', 'b'] }, { a: 'x' }],
    [{ groupsClaim: ['a', 'b'] }, { a: [{ b: ['Admins'] }] }],
    [{ groupsClaim: ['a', 'b'] }, { a: true }],
    [{ groupsClaim: ['a', 'b', 'c'] }, { a: { b: ['Admins'] } }],
    [{ groupsClaim: ['a', 'b'], groupsFormat: 'object-keys' }, { a: [] }],
    [{ groupsFormat: 'bracketed' }, { groups: '[Admins' }],
    [{ groupsFormat: 'bracketed' }, { groups: 'Admins]' }],
    [{ groupsFormat: 'bracketed' }, { groups: '[, ,]' }],
    [{ groupsFormat: 'bracketed' }, { groups: { 0: '[Admins]' } }],
    [{ groupsFormat: 'json' }, { groups: 'Admins' }],
    [{ groupsFormat: 'json' }, { groups: '"Admins"' }],
    [{ groupsFormat: 'json' }, { groups: '{"Admins":true}' }],
    [{ groupsFormat: 'json' }, { groups: '["Admins",7]' }],
    [{ groupsFormat: 'json' }, { groups: '[["Admins"]]' }],
    [{ groupsFormat: 'json' }, { groups: "['Admins']" }],
    [{ groupsFormat: 'json' }, { groups: '['.repeat(20) }],
  ])('H375: groups read by %j from %j change nothing', async (options, claims) => {
    const organization = await addOrganization({ groupsClaim: 'kept', groupsSource: 'id_token' }, { kept: ['Kept'] });
    await scene.changeConfig(organization, { manageGroupMemberships: true });
    for (const name of ['Kept', 'Admins']) {
      const json = { name, organizationId: organization.id, slug: `g-${randomUUID()}` };
      expect((await scene.server.call('/api/v1/groups', { token: scene.boot.token, json })).status).toBe(200);
    }
    await expectSignedIn(scene, organization);
    expect((await scene.changeConfig(organization, { groupsClaim: '', ...options })).status).toBe(200);
    organization.idp.setClaims({ ...alice, ...claims });
    await expectSignedIn(scene, organization);
    const rows = await scene.server.database.db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select('groups.name')
      .where('group_memberships.organization_id', '=', organization.id)
      .execute();
    expect(rows).toEqual([{ name: 'Kept' }]);
    expect((await attemptRecords(scene).newest(organization)).groups?.claim).toBe('malformed');
  });

  it.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'automatic'] as const)(
    'H376: a public client becomes %s only with a new secret',
    async (tokenEndpointAuthMethod) => {
      const organization = await addOrganization({}, {});
      await scene.changeConfig(organization, { tokenEndpointAuthMethod: 'none' });
      expect((await storedConfig(scene.server, organization.id))?.sealed_client_secret).toBe('');
      const moved = { discoveryURL: 'https://idp.elsewhere.example', tokenEndpointAuthMethod };
      for (const change of [{ tokenEndpointAuthMethod }, moved]) {
        const answer = await scene.changeConfig(organization, change);
        expect([answer.status, answer.body.details[0].path]).toEqual([422, 'clientSecret']);
      }
    },
  );
});
