import { describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { type SceneOrganization, signIn, tamper, useLoginScene } from '../support/login-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example' };

describe.each(engines)('the last admin loses the role at the identity provider (%s)', (engine) => {
  const scene = useLoginScene(engine);

  /** An organization whose member alice is an admin only by the groups that the claim gave her. */
  async function addOrganization(): Promise<SceneOrganization> {
    const idp = { claims: { ...person, groups: ['Admins', 'Owners', 'Engineering'] } };
    const organization = await scene.addOrganization({ idp, config: { manageGroupMemberships: true } });
    const roles = { Admins: 'admin', Owners: 'admin', Engineering: 'member' };
    for (const [name, role] of Object.entries(roles)) {
      const json = { name, role, organizationId: organization.id };
      await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    }
    await signIn(scene, { organization });
    expect(await groupsOf(organization)).toEqual(['Admins', 'Engineering', 'Owners']);
    return organization;
  }

  async function signInWith(organization: SceneOrganization, claims: object): Promise<string[]> {
    organization.idp.setClaims({ ...person, ...claims });
    const { answer } = await signIn(scene, { organization });
    expect(answer.location).toBe(`${scene.server.url}/login/select-organization`);
    return groupsOf(organization, claims);
  }

  async function groupsOf({ id }: SceneOrganization, { email }: { email?: string } = {}): Promise<string[]> {
    const query = scene.server.database.db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .innerJoin('users', 'users.id', 'group_memberships.user_id')
      .select('groups.name')
      .where('users.email', '=', email ?? person.email)
      .where('group_memberships.organization_id', '=', id);
    return (await query.orderBy('groups.name').execute()).map(({ name }) => name);
  }

  async function syncEvents({ id }: SceneOrganization) {
    const query = scene.server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('organization_id', '=', id)
      .where('event_type', 'like', 'oidc-group-membership-mapping-%')
      .orderBy('sequence');
    return (await query.execute()).map((row) => [row.event_type, JSON.parse(row.event_metadata)]);
  }

  it('H197: they stay in one admin group, the sign-in succeeds, and it is audited', async () => {
    const organization = await addOrganization();
    expect(await signInWith(organization, { groups: [] })).toEqual(['Admins']);
    const [kept, removed] = (await syncEvents(organization)).slice(-2);
    expect(kept).toEqual([
      'oidc-group-membership-mapping-keep-last-admin',
      expect.objectContaining({ keptInGroup: { id: expect.any(String), name: 'Admins' }, userGroupsClaim: [] }),
    ]);
    expect(removed).toEqual([
      'oidc-group-membership-mapping-remove-user',
      expect.objectContaining({ removedFromGroups: [expect.anything(), expect.anything()] }),
    ]);
    expect(await signInWith(organization, { groups: [] })).toEqual(['Admins']);
  });

  it('they leave all other groups if one admin group remains', async () => {
    const organization = await addOrganization();
    expect(await signInWith(organization, { groups: ['Owners'] })).toEqual(['Owners']);
  });

  it('they leave all groups if they are an admin by their own role', async () => {
    const organization = await addOrganization();
    await tamper(scene, (tx) =>
      tx.updateTable('memberships').set({ role: 'admin' }).where('organization_id', '=', organization.id).execute(),
    );
    expect(await signInWith(organization, { groups: [] })).toEqual([]);
  });

  it('they leave all groups once another active admin exists', async () => {
    const organization = await addOrganization();
    const bob = { sub: 'subject-of-bob', email: 'bob@acme.example' };
    expect(await signInWith(organization, { ...bob, groups: ['Owners'] })).toEqual(['Owners']);
    const setBob = (isActive: 0 | 1) => (tx: Parameters<Parameters<typeof tamper>[1]>[0]) =>
      tx
        .updateTable('memberships')
        .set({ is_active: isActive })
        .where('organization_id', '=', organization.id)
        .where('email_key', '=', bob.email)
        .execute();
    await tamper(scene, setBob(0));
    expect(await signInWith(organization, { groups: ['Engineering'] })).toEqual(['Admins', 'Engineering']);
    await tamper(scene, setBob(1));
    expect(await signInWith(organization, { groups: ['Engineering'] })).toEqual(['Engineering']);
  });

  it('H197: one of two stays an admin if both sign in at once', async () => {
    const organization = await addOrganization();
    const bob = { sub: 'subject-of-bob', email: 'bob@acme.example' };
    await signInWith(organization, { ...bob, groups: ['Owners'] });
    const { token } = scene.boot;
    const url = `/api/v2/organizations/${organization.id}/memberships`;
    const listed = await scene.server.call(`${url}?search=${bob.email}`, { token });
    const bobUrl = `${url}/${listed.body.users[0].id}`;
    organization.idp.setClaims({ ...person, groups: [] });
    const [signedIn, removed] = await Promise.all([
      signIn(scene, { organization }),
      scene.server.call(bobUrl, { method: 'DELETE', token }),
    ]);
    expect(signedIn.answer.location).toBe(`${scene.server.url}/login/select-organization`);
    expect([200, 409]).toContain(removed.status);
    expect((await scene.server.call(`${url}?role=admin&isActive=true`, { token })).body.totalCount).toBeGreaterThan(0);
  });
});

describe.each(engines)('a member signs in while an admin changes the member (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it.each([
    ['PATCH', { isActive: false }],
    ['DELETE', undefined],
  ])('has no session of the organization afterwards: %s', async (method, json) => {
    for (let round = 0; round < 3; round += 1) {
      const organization = await scene.addOrganization({ idp: { claims: person } });
      await signIn(scene, { organization });
      const { token } = scene.boot;
      const url = `/api/v2/organizations/${organization.id}/memberships`;
      const { body } = await scene.server.call(url, { token });
      const options = { method, token, ...(json !== undefined && { json }) };
      const [, changed] = await Promise.all([
        signIn(scene, { organization }),
        scene.server.call(`${url}/${body.users[0].id}`, options),
      ]);
      expect(changed.status).toBe(200);
      await signIn(scene, { organization });
      const live = scene.server.database.db
        .selectFrom('sessions')
        .select('id')
        .where('organization_id', '=', organization.id)
        .where('ended_at', 'is', null);
      expect(await live.execute()).toEqual([]);
    }
  });

  it('is signed in although a group of the claim is deleted meanwhile', async () => {
    const { token } = scene.boot;
    for (let round = 0; round < 3; round += 1) {
      const organization = await scene.addOrganization({
        idp: { claims: { ...person, groups: ['Passing'] } },
        config: { manageGroupMemberships: true },
      });
      const json = { name: 'Passing', organizationId: organization.id };
      const { body } = await scene.server.call('/api/v1/groups', { token, json });
      const [signedIn, deleted] = await Promise.all([
        signIn(scene, { organization }),
        scene.server.call(`/api/v1/groups/${body.id}`, { method: 'DELETE', token }),
      ]);
      expect(deleted.status).toBe(200);
      expect(signedIn.answer.location).toBe(`${scene.server.url}/login/select-organization`);
    }
  });
});
