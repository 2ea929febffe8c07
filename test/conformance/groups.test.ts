import { describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type SceneOrganization, signIn, tamper, useLoginScene } from '../support/login-scene.ts';
import { expectSignedIn } from './hostile-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example', given_name: 'Alice' };
const kept = ['Admins', 'Engineering'];

const cases: readonly (readonly [title: string, claims: Claims, groups: readonly string[]])[] = [
  ['H200: no claim', {}, kept],
  ['H200: the claim under another name', { roles: ['Sales'] }, kept],
  ['H201: one text', { groups: 'Sales' }, ['Sales']],
  ['H201: a text of several names is one name', { groups: 'Sales,Admins' }, []],
  ['H202: an object', { groups: { Sales: { org: 'x' } } }, kept],
  ['H203: a list of objects', { groups: [{ name: 'Sales' }] }, kept],
  ['H203: a number among names', { groups: ['Sales', 7] }, kept],
  ['H203: null among names', { groups: ['Sales', null] }, kept],
  ['H203: a list in a list', { groups: [['Sales']] }, kept],
  [
    'H204: names that lie elsewhere',
    { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'http://127.0.0.1:1/' } } },
    kept,
  ],
  ['H204: a mark that there are groups', { hasgroups: true }, kept],
  [
    'H205: more names than any user has',
    { groups: Array.from({ length: 1_001 }, (_, index) => `Group ${index}`) },
    kept,
  ],
  ['H205: a name twice', { groups: ['Sales', 'Sales'] }, ['Sales']],
  ['H206: names in another case, with blanks, in another form', { groups: ['SALES', 'Sales ', 'S\u0430les'] }, []],
  ['H207: a path of one', { groups: ['/Sales'] }, ['Sales']],
  ['H207: a path whose last part is a group', { groups: ['/team/Admins'] }, []],
  ['H208: a name with a slash', { groups: ['Sales/Admins'] }, []],
  [
    'H209: names that mean something elsewhere',
    { groups: ['__proto__', 'owner', '*', "'; drop table groups; --", '=cmd|x'] },
    [],
  ],
  ['H210: ids where names are expected', { groups: ['b2f1c0de-0000-4000-8000-000000000000'] }, []],
];

describe.each(engines)('groups from an identity provider (%s)', (engine) => {
  const scene = useLoginScene(engine);

  /** An organization with three groups. The provider put its member into two of them. */
  async function addOrganization(): Promise<SceneOrganization> {
    const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
    for (const name of [...kept, 'Sales']) {
      const json = { name, organizationId: organization.id };
      expect((await scene.server.call('/api/v1/groups', { token: scene.boot.token, json })).status).toBe(200);
    }
    expect(await signInWith(organization, { groups: kept })).toEqual(kept);
    return organization;
  }

  async function signInWith(organization: SceneOrganization, claims: Claims): Promise<string[]> {
    organization.idp.setClaims({ ...person, ...claims });
    const before = await groupsBeside(organization);
    await expectSignedIn(scene, organization);
    expect(await groupsBeside(organization)).toEqual(before);
    return groupsOf(organization);
  }

  /** The groups of all other organizations, which have the same names, with their members. */
  async function groupsBeside({ id }: SceneOrganization) {
    const { db } = scene.server.database;
    const groups = db.selectFrom('groups').selectAll().where('organization_id', '!=', id).orderBy('id');
    const members = db.selectFrom('group_memberships').selectAll().where('organization_id', '!=', id);
    return [await groups.execute(), new Set((await members.execute()).map((row) => JSON.stringify(row)))];
  }

  async function groupsOf({ id }: SceneOrganization): Promise<string[]> {
    const query = scene.server.database.db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select('groups.name')
      .where('group_memberships.organization_id', '=', id);
    return (await query.orderBy('groups.name').execute()).map(({ name }) => name);
  }

  it.each(cases)('%s', async (_title, claims, groups) => {
    expect(await signInWith(await addOrganization(), claims)).toEqual(groups);
  });

  it('H211: an unknown group name creates no group', async () => {
    const organization = await addOrganization();
    await signInWith(organization, { groups: ['Owners'] });
    const groups = scene.server.database.db
      .selectFrom('groups')
      .select('name')
      .where('organization_id', '=', organization.id);
    expect(await groups.execute()).toHaveLength(3);
  });

  it('H212: the groups claim of the ID token takes precedence over userinfo', async () => {
    const organization = await addOrganization();
    organization.idp.mutate({ userinfo: (claims) => ({ ...claims, groups: ['Admins'] }) });
    expect(await signInWith(organization, { groups: ['Sales'] })).toEqual(['Sales']);
  });

  it('H214: keeps a membership that an admin added', async () => {
    const organization = await addOrganization();
    const { db } = scene.server.database;
    const admins = db
      .selectFrom('groups')
      .select('id')
      .where('name', '=', 'Admins')
      .where('organization_id', '=', organization.id);
    await tamper(scene, (tx) =>
      tx.updateTable('group_memberships').set({ source: 'manual' }).where('group_id', 'in', admins).execute(),
    );
    expect(await signInWith(organization, { groups: [] })).toEqual(['Admins']);
  });

  it('H215: concurrent sign-ins with different claims leave the groups of exactly one of them', async () => {
    const organization = await addOrganization();
    const sets = [['Sales'], ['Admins', 'Engineering']];
    let turn = 0;
    organization.idp.setClaims(() => {
      turn += 1;
      return { ...person, groups: sets[turn % 2] };
    });
    await Promise.all(Array.from({ length: 8 }, () => signIn(scene, { organization })));
    expect(sets).toContainEqual(await groupsOf(organization));
  });

  it('H216: deleting a group while members sign in leaves no membership behind', async () => {
    const organization = await addOrganization();
    const { token } = scene.boot;
    const { body } = await scene.server.call(`/api/v1/groups?organizationId=${organization.id}`, { token });
    const sales = body.find(({ name }: { name: string }) => name === 'Sales');
    organization.idp.setClaims({ ...person, groups: ['Sales', 'Admins'] });
    const [removed, ...signIns] = await Promise.all([
      scene.server.call(`/api/v1/groups/${sales.id}?organizationId=${organization.id}`, { method: 'DELETE', token }),
      ...Array.from({ length: 6 }, () => signIn(scene, { organization })),
    ]);
    expect(removed.status).toBe(200);
    expect(signIns.map(({ answer }) => answer.location)).not.toContainEqual(expect.stringContaining('/login/error'));
    expect(await groupsOf(organization)).toEqual(['Admins']);
  });

  it('H218: rejects manual changes of members while the provider manages the memberships', async () => {
    const organization = await addOrganization();
    const { token } = scene.boot;
    const { body } = await scene.server.call(`/api/v1/groups?organizationId=${organization.id}`, { token });
    const sales = body.find(({ name }: { name: string }) => name === 'Sales');
    const path = `/api/v1/groups/${sales.id}/users/${encodeURIComponent(person.email)}?organizationId=${organization.id}`;
    for (const method of ['POST', 'DELETE']) {
      expect((await scene.server.call(path, { method, token })).status).toBe(400);
    }
    expect(await groupsOf(organization)).toEqual(kept);
  });
});
