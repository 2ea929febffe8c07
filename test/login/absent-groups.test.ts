import { describe, expect, it } from 'vitest';

import type { LoginAttempt } from '../../src/contract/login-attempts.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { type SceneOrganization, signIn, tamper, useLoginScene } from '../support/login-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example', given_name: 'Alice', family_name: 'Practice' };
const silences: readonly (readonly [what: string, claims: Claims])[] = [
  ['no claim', {}],
  ['null', { groups: null }],
  ['an empty text', { groups: '' }],
];

describe.each(engines)('a provider that sends no groups claim (%s)', (engine) => {
  const scene = useLoginScene(engine);

  /**
   * An organization with an admin of its own. Its member alice has two groups from the provider and one that an admin
   * added.
   */
  async function addOrganization(config: object = { absentGroupsClaim: 'empty' }): Promise<SceneOrganization> {
    const organization = await scene.addOrganization({
      idp: { claims: { ...person, groups: ['Admins', 'Engineering', 'Sales'] } },
      config: { manageGroupMemberships: true, ...config },
    });
    for (const [name, role] of Object.entries({ Admins: 'admin', Engineering: 'member', Sales: 'member' })) {
      const json = { name, role, organizationId: organization.id };
      expect((await scene.server.call('/api/v1/groups', { token: scene.boot.token, json })).status).toBe(200);
    }
    expect(await signInWith(organization, { groups: ['Admins', 'Engineering', 'Sales'] })).toEqual([
      'Admins',
      'Engineering',
      'Sales',
    ]);
    const byHand = scene.server.database.db
      .selectFrom('groups')
      .select('id')
      .where('organization_id', '=', organization.id)
      .where('name', '=', 'Sales');
    await tamper(scene, (tx) =>
      tx.updateTable('group_memberships').set({ source: 'manual' }).where('group_id', 'in', byHand).execute(),
    );
    return organization;
  }

  async function signInWith(
    organization: SceneOrganization,
    claims: Claims & { readonly email?: string },
  ): Promise<string[]> {
    organization.idp.setClaims({ ...person, ...claims });
    const { answer } = await signIn(scene, { organization });
    expect(answer.location).toBe(`${scene.server.url}/login/select-organization`);
    const query = scene.server.database.db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .innerJoin('users', 'users.id', 'group_memberships.user_id')
      .select('groups.name')
      .where('users.email', '=', claims.email ?? person.email)
      .where('group_memberships.organization_id', '=', organization.id);
    return (await query.orderBy('groups.name').execute()).map(({ name }) => name);
  }

  const newest = (organization: SceneOrganization): Promise<LoginAttempt> => attemptRecords(scene).newest(organization);

  async function lastEvent({ id }: SceneOrganization, type: string) {
    const query = scene.server.database.db
      .selectFrom('audit_events')
      .select('event_metadata')
      .where('organization_id', '=', id)
      .where('event_type', '=', `oidc-group-membership-mapping-${type}`);
    const rows = await query.orderBy('sequence', 'desc').execute();
    return rows.map((row) => JSON.parse(row.event_metadata))[0];
  }

  it.each(silences)('H362: %s changes nothing if the meaning of a missing claim is unknown', async (_what, claims) => {
    const organization = await addOrganization({});
    expect(await signInWith(organization, claims)).toEqual(['Admins', 'Engineering', 'Sales']);
    expect((await newest(organization)).groups).toMatchObject({ claim: 'absent', byAbsence: false, removed: [] });
  });

  it.each(silences)(
    'H362: %s removes the groups the provider gave if a missing claim means "no groups"',
    async (_what, claims) => {
      const organization = await addOrganization();
      expect(await signInWith(organization, { groups: ['Admins'], sub: 'bo', email: 'bo@acme.example' })).toEqual([
        'Admins',
      ]);
      expect(await signInWith(organization, claims)).toEqual(['Sales']);
      const { groups, explanation } = await newest(organization);
      expect(groups).toMatchObject({ claim: 'absent', byAbsence: true, removed: ['Admins', 'Engineering'] });
      expect(groups?.reason).toContain('no groups claim');
      expect(explanation.whatToDo).toContain('absentGroupsClaim');
      expect(await lastEvent(organization, 'remove-user')).toMatchObject({
        groupsClaim: 'absent',
        removedFromGroups: [{ name: 'Admins' }, { name: 'Engineering' }],
      });
    },
  );

  it('H362: keeps the last admin; the record and the audit trail say that the claim was missing', async () => {
    const organization = await addOrganization();
    expect(await signInWith(organization, {})).toEqual(['Admins', 'Sales']);
    const { groups } = await newest(organization);
    expect(groups).toMatchObject({ byAbsence: true, removed: ['Engineering'] });
    expect(groups?.reason).toContain('The last admin stays in Admins');
    expect(await lastEvent(organization, 'keep-last-admin')).toMatchObject({
      groupsClaim: 'absent',
      keptInGroup: { name: 'Admins' },
    });
  });

  it.each<[string, Claims, string]>([
    ['groups that are announced elsewhere', { _claim_names: { groups: 'src1' } }, 'overage'],
    ['"hasgroups"', { hasgroups: true }, 'overage'],
    ['an announcement beside null', { groups: null, hasgroups: 'true' }, 'overage'],
    ['a number', { groups: 7 }, 'malformed'],
    ['blanks', { groups: [' '] }, 'malformed'],
  ])('H362: %s still changes nothing', async (_what, claims, state) => {
    const organization = await addOrganization();
    expect(await signInWith(organization, claims)).toEqual(['Admins', 'Engineering', 'Sales']);
    expect((await newest(organization)).groups).toMatchObject({ claim: state, byAbsence: false });
  });

  it.each<[string, object]>([
    ['automatic', {}],
    ['userinfo', { groupsSource: 'userinfo' }],
    ['userinfo_first', { groupsSource: 'userinfo_first' }],
  ])('H362: does not treat a failed userinfo request as a missing claim (%s)', async (_source, options) => {
    const organization = await addOrganization({ absentGroupsClaim: 'empty', ...options });
    organization.idp.mutate({ reply: { userinfo: (reply) => ({ ...reply, status: 500 }) } });
    expect(await signInWith(organization, {})).toEqual(['Admins', 'Engineering', 'Sales']);
    expect((await newest(organization)).groups).toMatchObject({ claim: 'unavailable', byAbsence: false, removed: [] });
  });

  it('H362: does not treat an access token that userinfo cannot receive as a missing claim', async () => {
    const organization = await addOrganization();
    organization.idp.mutate({ token: (good) => ({ ...good, access_token: 'e'.repeat(75_000) }) });
    expect(await signInWith(organization, {})).toEqual(['Admins', 'Engineering', 'Sales']);
    expect((await newest(organization)).groups?.claim).toBe('unavailable');
  });

  it('H362: treats the claim as missing if there is no userinfo endpoint and the ID token lacks it', async () => {
    const organization = await addOrganization({ absentGroupsClaim: 'empty', userinfo: 'never' });
    await signInWith(organization, { groups: ['Admins'], sub: 'bo', email: 'bo@acme.example' });
    expect(await signInWith(organization, {})).toEqual(['Sales']);
    expect(organization.idp.count('userinfo')).toBe(0);
  });

  it('restores memberships at the next sign-in that names them', async () => {
    const organization = await addOrganization();
    await signInWith(organization, {});
    expect(await signInWith(organization, { groups: ['Engineering'] })).toContain('Engineering');
  });
});
