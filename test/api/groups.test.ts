import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { MachineActor } from '../../src/contract/actor.ts';
import type { OrganizationId } from '../../src/contract/ids.ts';
import { createTestDatabase, engines } from '../support/databases.ts';
import { createDirectoryApi, withoutReqId } from '../support/directory-api.ts';
import { createDirectory, type Directory } from '../support/directory.ts';

describe.each(engines)('the group endpoints (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let api: ReturnType<typeof createDirectoryApi>;
  let acme: OrganizationId;
  let admin: MachineActor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    api = createDirectoryApi(directory);
    acme = await directory.addOrganization('Acme');
    admin = await directory.addMachine(acme, { role: 'admin' });
  });
  afterAll(async () => {
    await api.close();
    await test.destroy();
  });

  const create = async (payload: object) => (await api.call(admin, 'POST /api/v1/groups', payload)).body;

  it('POST returns the group with exactly the documented fields', async () => {
    const { status, body } = await api.call(admin, 'POST /api/v1/groups', { name: 'Engineering', orgId: 'x', id: 'y' });
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual([
      'createdAt',
      'id',
      'name',
      'orgId',
      'role',
      'roleId',
      'slug',
      'updatedAt',
    ]);
    expect(body).toMatchObject({ name: 'Engineering', slug: 'engineering', orgId: acme });
  });

  it('GET returns a bare array of groups with their roles', async () => {
    const group = await create({ name: 'Admins', role: 'admin' });
    const { status, body } = await api.call(admin, 'GET /api/v1/groups');
    expect(status).toBe(200);
    expect(body).toContainEqual({ ...group, role: 'admin', roleId: null });
  });

  it('GET pages through the groups by name and finds them by part of their name or slug, literally', async () => {
    const place = await directory.addOrganization('Paged groups');
    const own = await directory.addMachine(place, { role: 'admin' });
    for (const [index, name] of ['b 100%', 'a_1', 'c', 'ab1'].entries()) {
      await api.call(own, 'POST /api/v1/groups', { name, slug: `slug-${index}` });
    }
    const namesOf = async (query: string) => {
      const { status, body } = await api.call(own, `GET /api/v1/groups?${query}`);
      return status === 200 ? body.map(({ name }: { name: string }) => name) : status;
    };
    expect(await namesOf('')).toEqual(['a_1', 'ab1', 'b 100%', 'c']);
    expect(await namesOf('offset=1&limit=2')).toEqual(['ab1', 'b 100%']);
    expect(await namesOf('search=A')).toEqual(['a_1', 'ab1']);
    expect(await namesOf('search=_')).toEqual(['a_1']);
    expect(await namesOf('search=%25')).toEqual(['b 100%']);
    expect(await namesOf('search=SLUG-2')).toEqual(['c']);
    expect(await namesOf('offset=9')).toEqual([]);
    for (const query of ['limit=0', 'limit=10001', 'offset=-1', 'limit=x', 'search=%00']) {
      expect(await namesOf(query)).toBe(422);
    }
  });

  it('GET returns one group', async () => {
    const group = await create({ name: 'Read' });
    expect(await api.call(admin, `GET /api/v1/groups/${group.id}`)).toEqual({ status: 200, body: group });
  });

  it('POST rejects a taken name and a taken slug with 409', async () => {
    await create({ name: 'Taken', slug: 'taken' });
    const name = await api.call(admin, 'POST /api/v1/groups', { name: 'Taken' });
    const slug = await api.call(admin, 'POST /api/v1/groups', { name: 'Free', slug: 'taken' });
    expect([name.status, name.body.code, slug.status, slug.body.code]).toEqual([409, 'name_taken', 409, 'slug_taken']);
  });

  it.each([
    [{}, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ name: 'line\nbreak' }, 'name'],
    [{ name: 'Fine', role: 'owner' }, 'role'],
    [{ name: 'Fine', slug: 'a--b' }, 'slug'],
  ])('POST rejects %j and names the field', async (payload, path) => {
    const { status, body } = await api.call(admin, 'POST /api/v1/groups', payload);
    expect([status, body.details[0].path]).toEqual([422, path]);
  });

  it('GET pages through the members, ten at a time by default', async () => {
    const { id } = await create({ name: 'Paged' });
    for (let made = 0; made < 12; made += 1) {
      await directory.join(await directory.addUser(`user-${String(made).padStart(2, '0')}`), acme, 'member');
    }
    const first = await api.call(admin, `GET /api/v1/groups/${id}/users`);
    const second = await api.call(admin, `GET /api/v1/groups/${id}/users?offset=10&limit=5&search=USER-`);
    expect([first.body.users.length, first.body.totalCount]).toEqual([10, 12]);
    expect(Object.keys(first.body.users[0]).toSorted()).toEqual([
      'email',
      'firstName',
      'id',
      'isPartOfGroup',
      'joinedGroupAt',
      'lastName',
      'username',
    ]);
    expect(second.body.users.map((user: { username: string }) => user.username)).toEqual(['user-10', 'user-11']);
  });

  it.each(['offset=-1', 'offset=1e12', 'limit=0', 'limit=101', 'limit=x', 'limit=1.5'])(
    'H239: GET rejects a page of %s',
    async (query) => {
      const { id } = (await api.call(admin, 'GET /api/v1/groups')).body[0];
      expect((await api.call(admin, `GET /api/v1/groups/${id}/users?${query}`)).status).toBe(422);
    },
  );

  it('H220: gives one response for foreign, unknown and malformed identifiers', async () => {
    const other = await directory.addMachine(await directory.addOrganization('Other'), { role: 'admin' });
    const { id: foreign } = await create({ name: 'Foreign' });
    for (const path of ['', '/users']) {
      const answers = await Promise.all(
        [foreign, directory.random.uuid(), 'nonsense', '%00'].map((id) =>
          api.call(other, `GET /api/v1/groups/${id}${path}`),
        ),
      );
      expect(new Set(answers.map(withoutReqId)).size).toBe(1);
      expect(answers[0]).toMatchObject({ status: 404, body: { code: 'group_not_found' } });
    }
  });

  it('H219: only an instance admin can name any organization', async () => {
    const home = await directory.addOrganization('Home');
    const root = await directory.addMachine(home, { role: 'admin', isInstanceAdmin: true });
    const made = await api.call(root, 'POST /api/v1/groups', { name: 'From above', organizationId: acme });
    expect(made).toMatchObject({ status: 200, body: { orgId: acme } });
    const listed = await api.call(root, `GET /api/v1/groups?organizationId=${acme}`);
    expect(listed.body).toContainEqual(expect.objectContaining({ id: made.body.id }));
    const answer = await api.call(admin, 'POST /api/v1/groups', { name: 'Smuggled', organizationId: home });
    expect(answer).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
  });
});
