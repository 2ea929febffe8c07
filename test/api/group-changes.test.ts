import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember, addOrganization, addPerson, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configUrl, discoveryConfig } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('changes of groups (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let acme: string;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    acme = await addOrganization(server, boot);
  });
  afterAll(async () => {
    await server.close();
  });

  const root = async (path: string, method: string, json?: object) =>
    server.call(path, { method, token: boot.token, ...(json !== undefined && { json }) });
  const urlOf = (id: string) => `/api/v1/groups/${id}`;

  async function addGroup(fields: object = {}, organizationId = acme) {
    const name = `Group ${randomUUID()}`;
    return (await root('/api/v1/groups', 'POST', { name, organizationId, ...fields })).body;
  }

  async function eventsOf(groupId: string): Promise<string[]> {
    const query = server.database.db.selectFrom('audit_events').select('event_type').orderBy('sequence');
    const told = await query.where('event_metadata', 'like', `%"${groupId}"%`).execute();
    return told.map((event) => event.event_type);
  }

  it('PATCH changes the name, slug and role, and leaves the rest', async () => {
    const group = await addGroup();
    const changed = await root(urlOf(group.id), 'PATCH', { name: '  New name ', role: 'member', unknown: 1 });
    expect(changed).toMatchObject({
      status: 200,
      body: { ...group, name: 'New name', role: 'member', updatedAt: expect.any(String) },
    });
    expect((await root(urlOf(group.id), 'PATCH', { slug: 'new-slug' })).body).toMatchObject({ slug: 'new-slug' });
    const { body } = await root(`/api/v1/groups?organizationId=${acme}`, 'GET');
    expect(body.find(({ id }: { id: string }) => id === group.id)).toMatchObject({ name: 'New name', role: 'member' });
    expect((await root(urlOf(group.id), 'PATCH', {})).status).toBe(200);
    expect(await eventsOf(group.id)).toEqual(['group-create', 'group-update', 'group-update']);
  });

  it('rejects a name or slug that is taken or invalid', async () => {
    const [one, two] = [await addGroup(), await addGroup()];
    expect((await root(urlOf(one.id), 'PATCH', { name: two.name })).body.code).toBe('name_taken');
    expect((await root(urlOf(one.id), 'PATCH', { slug: two.slug })).body.code).toBe('slug_taken');
    expect((await root(urlOf(one.id), 'PATCH', { slug: 'Not A Slug' })).status).toBe(422);
    expect((await root(urlOf(one.id), 'PATCH', { name: null })).status).toBe(422);
    expect((await root(urlOf(one.id), 'PATCH', { role: 'owner' })).status).toBe(422);
    expect(await root(urlOf(one.id), 'GET')).toMatchObject({ body: one });
  });

  it('concurrent changes to one name leave one group with it and never fail', async () => {
    const groups = await Promise.all(Array.from({ length: 6 }, async () => addGroup()));
    const wanted = { name: `Wanted ${randomUUID()}`, slug: `wanted-${randomUUID().slice(0, 8)}` };
    const answers = await Promise.all(groups.map(async ({ id }) => root(urlOf(id), 'PATCH', wanted)));
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(200), count(409)]).toEqual([1, 5]);
  });

  it('adds and removes a member by user name', async () => {
    const group = await addGroup({ role: 'member' });
    const person = await addMember(server, boot, { organizationId: acme, role: 'no-access' });
    const url = `${urlOf(group.id)}/users/${encodeURIComponent(person.email)}`;
    const read = async () => (await server.call(urlOf(group.id), { token: person.token })).status;
    expect(await read()).toBe(403);
    const added = await root(url, 'POST');
    expect(Object.keys(added.body)).toEqual(['id', 'email', 'username', 'firstName', 'lastName']);
    expect(added).toMatchObject({ status: 200, body: { id: person.userId, username: person.email } });
    expect((await root(url, 'POST')).status).toBe(200);
    expect(await read()).toBe(200);
    expect(await root(url, 'DELETE')).toMatchObject({ status: 200, body: { id: person.userId } });
    expect(await read()).toBe(403);
    expect((await root(url, 'DELETE')).body.code).toBe('user_not_found');
    expect(await eventsOf(group.id)).toEqual(['group-create', 'group-member-add', 'group-member-remove']);
  });

  it('adds no user of another organization, by any identifier', async () => {
    const group = await addGroup({ role: 'admin' });
    const other = await addOrganization(server, boot);
    const stranger = await addPerson(server, boot, { organizationId: other, role: 'admin' });
    const answers = [];
    for (const username of [stranger.email, 'nobody', '%25', stranger.userId]) {
      answers.push(await root(`${urlOf(group.id)}/users/${username}`, 'POST'));
    }
    expect(new Set(answers.map(withoutRequestId)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    expect((await root(`${urlOf(group.id)}/users/%00`, 'POST')).status).toBe(422);
    expect((await root(`${urlOf(group.id)}?organizationId=${other}`, 'DELETE')).body.code).toBe('group_not_found');
  });

  it('does not add a user name that two members share', async () => {
    const group = await addGroup({ role: 'admin' });
    const [one, two] = [
      await addPerson(server, boot, { organizationId: acme, role: 'member' }),
      await addPerson(server, boot, { organizationId: acme, role: 'member' }),
    ];
    await server.database.transaction(async (tx) => {
      await tx.updateTable('users').set({ username: one.email }).where('id', '=', two.userId).execute();
    });
    expect((await root(`${urlOf(group.id)}/users/${one.email}`, 'POST')).body.code).toBe('user_not_found');
  });

  it('rejects changes of members while, and only while, the identity provider manages them', async () => {
    const organizationId = await addOrganization(server, boot);
    const group = await addGroup({}, organizationId);
    const person = await addPerson(server, boot, { organizationId, role: 'member' });
    const url = `${urlOf(group.id)}/users/${person.email}`;
    await root(configUrl, 'POST', { ...discoveryConfig(organizationId), manageGroupMemberships: true });
    for (const method of ['POST', 'DELETE']) {
      expect(await root(url, method)).toMatchObject({ status: 400, body: { code: 'group_managed_by_idp' } });
    }
    expect((await root(urlOf(group.id), 'PATCH', { name: 'Renamed' })).status).toBe(200);
    await root(configUrl, 'PATCH', { organizationId, isActive: false });
    expect((await root(url, 'POST')).status).toBe(200);
    await root(configUrl, 'PATCH', { organizationId, isActive: true, manageGroupMemberships: false });
    expect((await root(url, 'DELETE')).status).toBe(200);
  });

  it('concurrent changes of groups and their members never fail', async () => {
    for (let round = 0; round < 4; round += 1) {
      const organizationId = await addOrganization(server, boot);
      const group = await addGroup({ role: 'admin' }, organizationId);
      const person = await addPerson(server, boot, { organizationId, role: 'admin' });
      const url = `${urlOf(group.id)}/users/${person.email}`;
      const answers = await Promise.all([
        root(url, 'POST'),
        root(urlOf(group.id), 'DELETE'),
        root(url, 'DELETE'),
        root(urlOf(group.id), 'PATCH', { role: 'member' }),
        root(`/api/v2/organizations/${organizationId}/memberships/${person.membershipId}`, 'DELETE'),
        server.database.transaction(async (tx) => {
          await tx.deleteFrom('organizations').where('id', '=', organizationId).execute();
        }),
      ]);
      const statuses = answers.flatMap((answer) => (answer === undefined ? [] : [answer.status]));
      expect(statuses.filter((status) => ![200, 404, 409].includes(status))).toEqual([]);
    }
  });
});
