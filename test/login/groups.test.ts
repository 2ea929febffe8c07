import { describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import {
  type SceneOrganization,
  expectRefusal,
  findAttempt,
  signIn,
  tamper,
  useLoginScene,
} from '../support/login-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example' };

describe.each(engines)('the groups of a member who signs in (%s)', (engine) => {
  const scene = useLoginScene(engine);

  async function addOrganization(groups: unknown, isManaged = true): Promise<SceneOrganization> {
    const organization = await scene.addOrganization({
      idp: { claims: { ...person, groups } },
      config: { manageGroupMemberships: isManaged },
    });
    const { token } = scene.boot;
    for (const name of ['Engineering', 'Admins', 'Sales']) {
      const json = { name, organizationId: organization.id };
      expect((await scene.server.call('/api/v1/groups', { token, json })).status).toBe(200);
    }
    return organization;
  }

  async function signInWith(organization: SceneOrganization, claims: Claims): Promise<string[]> {
    organization.idp.setClaims({ ...person, ...claims });
    return signInTo(organization);
  }

  async function signInTo(organization: SceneOrganization): Promise<string[]> {
    const { answer } = await signIn(scene, { organization });
    expect(answer.location).toBe(`${scene.server.url}/login/select-organization`);
    return groupsOf(organization);
  }

  async function groupsOf({ id }: SceneOrganization): Promise<string[]> {
    const query = scene.server.database.db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select('groups.name')
      .where('group_memberships.organization_id', '=', id);
    return (await query.orderBy('groups.name').execute()).map(({ name }) => name);
  }

  it('are the existing groups of the claim; none is created', async () => {
    const organization = await addOrganization(['Engineering', 'Missing Here', 'Admins']);
    expect(await signInTo(organization)).toEqual(['Admins', 'Engineering']);
    const { db } = scene.server.database;
    const groups = db.selectFrom('groups').select('name').where('organization_id', '=', organization.id);
    expect(await groups.execute()).toHaveLength(3);
  });

  it('follow the next claim, and both changes are audited', async () => {
    const organization = await addOrganization(['Engineering', 'Admins']);
    await signInTo(organization);
    expect(await signInWith(organization, { groups: ['Sales', 'Admins'] })).toEqual(['Admins', 'Sales']);
    const events = await scene.server.database.db
      .selectFrom('audit_events')
      .select('event_type')
      .where('organization_id', '=', organization.id)
      .where('event_type', 'like', 'oidc-group-membership-mapping-%')
      .orderBy('sequence')
      .execute();
    expect(events.map((event) => event.event_type)).toEqual([
      'oidc-group-membership-mapping-assign-user',
      'oidc-group-membership-mapping-assign-user',
      'oidc-group-membership-mapping-remove-user',
    ]);
  });

  it.each<[string, Claims, string[]]>([
    ['an empty list leaves none', { groups: [] }, []],
    ['one text is one group', { groups: 'Sales' }, ['Sales']],
    ['a leading slash is a path of one', { groups: ['/Sales'] }, ['Sales']],
    ['another case is another name', { groups: ['SALES'] }, []],
    ['no claim changes nothing', {}, ['Admins', 'Engineering']],
    ['groups in another claim source change nothing', { _claim_names: { groups: 'src1' } }, ['Admins', 'Engineering']],
    ['"hasgroups" changes nothing', { hasgroups: true }, ['Admins', 'Engineering']],
    ['a number among them changes nothing', { groups: ['Sales', 7] }, ['Admins', 'Engineering']],
    ['an object changes nothing', { groups: { name: 'Sales' } }, ['Admins', 'Engineering']],
    ['blanks change nothing', { groups: [' '] }, ['Admins', 'Engineering']],
    ['null changes nothing', { groups: null }, ['Admins', 'Engineering']],
    [
      'more than a thousand change nothing',
      { groups: Array.from({ length: 1001 }, (_, index) => `Group ${index}`) },
      ['Admins', 'Engineering'],
    ],
  ])('%s', async (_name, claims, groups) => {
    const organization = await addOrganization(['Engineering', 'Admins']);
    await signInTo(organization);
    expect(await signInWith(organization, claims)).toEqual(groups);
  });

  it.each<[string, Claims]>([
    ['absent', {}],
    ['empty', { groups: [] }],
    ['overage', { hasgroups: 'true' }],
    ['malformed', { groups: [1] }],
    ['present', { groups: ['Sales'] }],
  ])('record the state "%s" in the sign-in record', async (state, claims) => {
    const organization = await addOrganization([]);
    await signInWith(organization, claims);
    const { db } = scene.server.database;
    const attempts = db.selectFrom('login_attempts').select('id').where('organization_id', '=', organization.id);
    const attempt = await findAttempt(scene, (await attempts.executeTakeFirstOrThrow()).id);
    expect(JSON.parse(attempt?.details ?? '')).toMatchObject({ groupsClaim: state });
  });

  it('keep manual memberships', async () => {
    const organization = await addOrganization(['Engineering', 'Admins']);
    await signInTo(organization);
    const { db } = scene.server.database;
    const given = { source: 'manual' } as const;
    const groups = db
      .selectFrom('groups')
      .select('id')
      .where('organization_id', '=', organization.id)
      .where('name', '=', 'Admins');
    await tamper(scene, (tx) =>
      tx.updateTable('group_memberships').set(given).where('group_id', 'in', groups).execute(),
    );
    expect(await signInWith(organization, { groups: [] })).toEqual(['Admins']);
    const removals = db
      .selectFrom('audit_events')
      .select('event_metadata')
      .where('organization_id', '=', organization.id)
      .where('event_type', '=', 'oidc-group-membership-mapping-remove-user');
    const told = (await removals.execute()).map((event) => JSON.parse(event.event_metadata).removedFromGroups);
    expect(told).toEqual([[{ id: expect.any(String), name: 'Engineering' }]]);
  });

  it('stay unchanged if the provider does not manage them', async () => {
    const organization = await addOrganization(['Engineering', 'Admins'], false);
    expect(await signInTo(organization)).toEqual([]);
  });

  it("never include another organization's group of the same name", async () => {
    const other = await addOrganization([]);
    const organization = await addOrganization(['Engineering']);
    await signInTo(organization);
    expect(await groupsOf(other)).toEqual([]);
  });

  it('stay unchanged if the sign-in is refused', async () => {
    const organization = await addOrganization(['Engineering']);
    await signInTo(organization);
    await scene.changeConfig(organization, { allowedEmailDomains: 'other.example' });
    organization.idp.setClaims({ ...person, groups: [] });
    await expectRefusal(scene, 'email_domain_not_allowed', () => signIn(scene, { organization }));
    expect(await groupsOf(organization)).toEqual(['Engineering']);
  });
});
