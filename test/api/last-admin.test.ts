import { randomUUID } from 'node:crypto';

import type { Selectable } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Role } from '../../src/contract/shapes.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';
import { addMachine, addOrganization, addPerson, logIn, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

type MemberRow = Selectable<Schema['memberships']>;

interface Insider {
  readonly userId: string;
  readonly email: string;
  readonly membershipId: string;
}

/** An organization with two members. The test decides who is an admin, and how. */
interface Scene {
  readonly organizationId: string;
  readonly alice: Insider;
  readonly bob: Insider;
}

describe.each(engines)('the last active admin of an organization (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  async function openScene(alice: 'admin' | 'no-access', bob: 'admin' | 'member'): Promise<Scene> {
    const organizationId = await addOrganization(server, boot);
    const join = async (role: Role) => addPerson(server, boot, { organizationId, role });
    return { organizationId, alice: await join(alice), bob: await join(bob) };
  }

  /** Signs a user in for their organization. */
  async function tokenOf({ organizationId }: Scene, { email }: Insider): Promise<string> {
    const login = await signIn(server, { email, password: boot.admin.password });
    const chosen = { token: login.body.accessToken, json: { organizationId } };
    return (await server.call('/api/v3/auth/select-organization', chosen)).body.token;
  }

  const urlOf = (organizationId: string) => `/api/v2/organizations/${organizationId}/memberships`;
  const root = async (path: string, method: string, json?: object) =>
    server.call(path, { method, token: boot.token, ...(json !== undefined && { json }) });
  const change = async ({ organizationId }: Scene, membershipId: string, json: object) =>
    root(`${urlOf(organizationId)}/${membershipId}`, 'PATCH', json);

  async function addGroup({ organizationId }: Scene, role: string, ...members: Insider[]): Promise<string> {
    const { body } = await root('/api/v1/groups', 'POST', { name: `Group ${randomUUID()}`, role, organizationId });
    for (const { email } of members) {
      expect((await root(`/api/v1/groups/${body.id}/users/${email}`, 'POST')).status).toBe(200);
    }
    return body.id;
  }

  async function adminsOf({ organizationId }: Scene): Promise<string[]> {
    const { body } = await root(`${urlOf(organizationId)}?role=admin&isActive=true`, 'GET');
    return body.users.map(({ userId }: { userId: string }) => userId);
  }

  async function countEvents({ organizationId }: Scene): Promise<number> {
    const query = server.database.db.selectFrom('audit_events').select('id');
    return (await query.where('organization_id', '=', organizationId).execute()).length;
  }

  async function expectKept(scene: Scene, act: () => Promise<Answer>): Promise<void> {
    const before = [await adminsOf(scene), await countEvents(scene)];
    expect(await act()).toMatchObject({ status: 409, body: { error: 'Conflict', code: 'last_admin' } });
    expect([await adminsOf(scene), await countEvents(scene)]).toEqual(before);
  }

  it('cannot be demoted, deactivated or removed by anyone', async () => {
    const scene = await openScene('admin', 'member');
    const { organizationId, alice, bob } = scene;
    const url = `${urlOf(organizationId)}/${alice.membershipId}`;
    const own = await tokenOf(scene, alice);
    for (const token of [boot.token, own]) {
      await expectKept(scene, () => server.call(url, { method: 'PATCH', token, json: { role: 'member' } }));
      await expectKept(scene, () => server.call(url, { method: 'PATCH', token, json: { isActive: false } }));
      await expectKept(scene, () => server.call(url, { method: 'DELETE', token }));
      const json = { membershipIds: [bob.membershipId, alice.membershipId] };
      await expectKept(scene, () => server.call(urlOf(organizationId), { method: 'DELETE', token, json }));
    }
    expect((await server.call(url, { method: 'PATCH', token: own, json: { isActive: true } })).status).toBe(200);
  });

  it('may leave if another active admin exists, and a deactivated one does not count', async () => {
    const scene = await openScene('admin', 'admin');
    expect((await change(scene, scene.bob.membershipId, { isActive: false })).status).toBe(200);
    await expectKept(scene, () => change(scene, scene.alice.membershipId, { role: 'no-access' }));
  });

  it('must be a user: a machine identity that is an admin does not count', async () => {
    const scene = await openScene('admin', 'member');
    const machine = await addMachine(server, boot, { organizationId: scene.organizationId, role: 'admin' });
    const { accessToken: token } = (await logIn(server, machine)).body;
    const url = `${urlOf(scene.organizationId)}/${scene.alice.membershipId}`;
    await expectKept(scene, () => server.call(url, { method: 'DELETE', token }));
  });

  it('by way of a group stays an admin, however the group is changed', async () => {
    const scene = await openScene('no-access', 'member');
    const { alice } = scene;
    const group = await addGroup(scene, 'admin', alice);
    expect(await adminsOf(scene)).toEqual([alice.userId]);
    await expectKept(scene, () => root(`/api/v1/groups/${group}`, 'PATCH', { role: 'member' }));
    await expectKept(scene, () => root(`/api/v1/groups/${group}`, 'DELETE'));
    await expectKept(scene, () => root(`/api/v1/groups/${group}/users/${alice.email}`, 'DELETE'));
    await expectKept(scene, () => change(scene, alice.membershipId, { isActive: false }));
    expect((await root(`/api/v1/groups/${group}`, 'PATCH', { name: 'Renamed' })).status).toBe(200);
    const second = await addGroup(scene, 'admin', alice);
    expect((await root(`/api/v1/groups/${group}`, 'DELETE')).status).toBe(200);
    await expectKept(scene, () => root(`/api/v1/groups/${second}`, 'DELETE'));
  });

  it('may leave once a group has made another member an admin', async () => {
    const scene = await openScene('admin', 'member');
    await addGroup(scene, 'admin', scene.bob);
    expect((await root(`${urlOf(scene.organizationId)}/${scene.alice.membershipId}`, 'DELETE')).status).toBe(200);
    expect(await adminsOf(scene)).toEqual([scene.bob.userId]);
  });

  it('does not exist in an organization without admins: members come and go', async () => {
    const scene = await openScene('no-access', 'member');
    expect((await root(`${urlOf(scene.organizationId)}/${scene.alice.membershipId}`, 'DELETE')).status).toBe(200);
  });

  const rounds = 8;
  interface Race extends Scene {
    readonly group: string;
    readonly tokens: { readonly alice: string; readonly bob: string };
  }
  const races: readonly [string, (race: Race) => readonly Promise<Answer>[]][] = [
    [
      'remove each other',
      ({ organizationId, alice, bob, tokens }) => [
        server.call(`${urlOf(organizationId)}/${bob.membershipId}`, { method: 'DELETE', token: tokens.alice }),
        server.call(`${urlOf(organizationId)}/${alice.membershipId}`, { method: 'DELETE', token: tokens.bob }),
      ],
    ],
    [
      'demote each other',
      ({ organizationId, alice, bob, tokens }) => {
        const demotion = { method: 'PATCH', json: { role: 'member' } };
        return [
          server.call(`${urlOf(organizationId)}/${bob.membershipId}`, { ...demotion, token: tokens.alice }),
          server.call(`${urlOf(organizationId)}/${alice.membershipId}`, { ...demotion, token: tokens.bob }),
        ];
      },
    ],
    [
      'are both deactivated by another admin',
      (race) => [
        change(race, race.alice.membershipId, { isActive: false }),
        change(race, race.bob.membershipId, { isActive: false }),
      ],
    ],
    [
      'are admins of their own and by a group, and both lose it',
      (race) => [
        change(race, race.alice.membershipId, { role: 'member' }),
        change(race, race.bob.membershipId, { role: 'member' }),
        root(`/api/v1/groups/${race.group}`, 'PATCH', { role: 'no-access' }),
      ],
    ],
  ];

  /** Resets the rows directly in the database before each round. */
  async function restore({ organizationId, group, bob }: Race, members: readonly MemberRow[]): Promise<void> {
    await server.database.transaction(async (tx) => {
      await tx.deleteFrom('memberships').where('organization_id', '=', organizationId).execute();
      await tx.insertInto('memberships').values(members).execute();
      await tx.updateTable('groups').set({ role: 'admin' }).where('id', '=', group).execute();
      const place = { group_id: group, user_id: bob.userId, organization_id: organizationId };
      await tx
        .insertInto('group_memberships')
        .values({ ...place, source: 'manual', created_at: 0 })
        .onConflict((on) => on.doNothing())
        .execute();
      await tx.updateTable('sessions').set({ ended_at: null }).where('organization_id', '=', organizationId).execute();
    });
  }

  it.each(races)('remains if the last two %s at once', async (_name, act) => {
    const scene = await openScene('admin', 'admin');
    const tokens = { alice: await tokenOf(scene, scene.alice), bob: await tokenOf(scene, scene.bob) };
    const race = { ...scene, tokens, group: await addGroup(scene, 'admin', scene.bob) };
    const { db } = server.database;
    const rows = db.selectFrom('memberships').selectAll().where('organization_id', '=', scene.organizationId);
    const members = await rows.execute();
    for (let round = 0; round < rounds; round += 1) {
      const answers = await Promise.all(act(race));
      for (const { status } of answers) expect([200, 403, 404, 409]).toContain(status);
      expect((await adminsOf(scene)).length).toBeGreaterThan(0);
      expect(answers.map(({ status }) => status)).toContain(200);
      await restore(race, members);
    }
  });
});
