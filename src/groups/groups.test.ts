import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { createDirectory, type Directory, testOrigin } from '../../test/support/directory.ts';
import type { Actor, MachineActor, UserActor } from '../contract/actor.ts';
import type { CreateGroupBody } from '../contract/groups.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { createGroup } from './create-group.ts';
import { listGroups, listGroupUsers, readGroup } from './read-groups.ts';

const code = (name: string) => expect.objectContaining({ code: name });

describe.each(engines)('groups (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let acme: OrganizationId;
  let admin: MachineActor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    acme = await directory.addOrganization('Acme');
    admin = await directory.addMachine(acme, { role: 'admin' });
  });
  afterAll(() => test.destroy());

  const create = (body: CreateGroupBody, actor: Actor = admin) =>
    createGroup(directory.deps, { actor, clientInfo: testOrigin, body });

  it("are created in the token's organization, without access, with a slug from their name", async () => {
    const group = await create({ name: 'Site Reliability' });
    expect(group).toMatchObject({ orgId: acme, name: 'Site Reliability', slug: 'site-reliability' });
    expect(await readGroup(directory.deps, admin, { id: group.id })).toEqual(group);
    expect(group).toMatchObject({ role: 'no-access', roleId: null });
    expect((await listGroups(directory.deps, admin, {})).rows).toContainEqual(group);
    expect(await directory.auditedTypes(acme)).toContain('group-create');
  });

  it('may have slugs that are reserved for organizations', async () => {
    expect((await create({ name: 'Support' })).slug).toBe('support');
    expect((await create({ name: 'Users', slug: 'admin' })).slug).toBe('admin');
  });

  it('are rejected if the name or slug is taken, and leave nothing behind', async () => {
    await create({ name: 'Sales', slug: 'sales' });
    const before = await directory.countRows();
    await expect(create({ name: 'Sales' })).rejects.toEqual(code('name_taken'));
    await expect(create({ name: 'Sales', slug: 'other' })).rejects.toEqual(code('name_taken'));
    await expect(create({ name: 'Other', slug: 'sales' })).rejects.toEqual(code('slug_taken'));
    await expect(create({ name: 'Other', slug: 'No Slug' })).rejects.toEqual(code('validation_failed'));
    expect(await directory.countRows()).toEqual(before);
  });

  it('with one name are created once, however many callers create it at once', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => create({ name: 'Race' })));
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    const refusals = answers.filter((answer) => answer.status === 'rejected').map((answer) => answer.reason);
    expect(refusals).toEqual(Array.from({ length: 5 }, () => code('name_taken')));
  });

  it('whose names suggest one slug each get a slug of their own', async () => {
    const slugs = [(await create({ name: 'R&D' })).slug, (await create({ name: 'R+D' })).slug];
    expect(slugs[0]).toBe('r-d');
    expect(slugs[1]).toMatch(/^r-d-[0-9a-f]{8}$/);
  });

  it('of two organizations may share a name and a slug', async () => {
    const other = await directory.addOrganization('Other');
    const otherAdmin = await directory.addMachine(other, { role: 'admin' });
    await create({ name: 'Both', slug: 'both' });
    await expect(create({ name: 'Both', slug: 'both' }, otherAdmin)).resolves.toMatchObject({ orgId: other });
  });

  it('are listed by name, for one organization only', async () => {
    const organizationId = await directory.addOrganization('Listed');
    const actor = await directory.addMachine(organizationId, { role: 'admin' });
    for (const name of ['b', 'a', 'c']) await create({ name }, actor);
    const { rows, totalCount } = await listGroups(directory.deps, actor, {});
    expect(rows.map((group) => group.name)).toEqual(['a', 'b', 'c']);
    expect(totalCount).toBe(3);
  });

  it('are created by admins and visible to members', async () => {
    const member = await directory.addMachine(acme, { role: 'member' });
    const nobody = await directory.addMachine(acme, { role: 'no-access' });
    const { id } = await create({ name: 'Seen' });
    const before = await directory.countRows();
    await expect(create({ name: 'Mine' }, member)).rejects.toEqual(code('permission_denied'));
    await expect(listGroups(directory.deps, nobody, {})).rejects.toEqual(code('permission_denied'));
    await expect(readGroup(directory.deps, nobody, { id })).rejects.toEqual(code('permission_denied'));
    await expect(readGroup(directory.deps, member, { id })).resolves.toMatchObject({ id });
    expect(await directory.countRows()).toEqual(before);
  });

  it('of another organization look like unknown ones', async () => {
    const stranger = await directory.addMachine(await directory.addOrganization('Strange'), { role: 'admin' });
    const { id: foreign } = await create({ name: 'Foreign' });
    for (const id of [foreign, directory.random.uuid(), 'nonsense', '\u0000']) {
      await expect(readGroup(directory.deps, stranger, { id })).rejects.toEqual(code('group_not_found'));
      await expect(listGroupUsers(directory.deps, stranger, { id })).rejects.toEqual(code('group_not_found'));
    }
    await expect(create({ name: 'Smuggled', organizationId: acme }, stranger)).rejects.toEqual(
      code('organization_not_found'),
    );
    await expect(listGroups(directory.deps, stranger, { organizationId: acme })).rejects.toEqual(
      code('organization_not_found'),
    );
  });

  it('are not found through an organization that is named but not theirs', async () => {
    const elsewhere = await directory.addOrganization('Besides');
    const root = await directory.addMachine(elsewhere, { role: 'admin', isInstanceAdmin: true });
    const { id } = await create({ name: 'Placed' });
    await expect(readGroup(directory.deps, root, { id, organizationId: elsewhere })).rejects.toEqual(
      code('group_not_found'),
    );
    await expect(readGroup(directory.deps, root, { id, organizationId: acme })).resolves.toMatchObject({ id });
    await expect(readGroup(directory.deps, root, { id })).resolves.toMatchObject({ id });
  });

  describe("'s users", () => {
    let id: string;
    let member: UserActor;

    beforeAll(async () => {
      const organizationId = await directory.addOrganization('People');
      for (const name of ['alice', 'bob_b', 'bobxb', 'c%l']) {
        member = await directory.join(await directory.addUser(name), organizationId, 'member');
      }
      await directory.join(await directory.addUser('stranger'), acme, 'member');
      const owner = await directory.addMachine(organizationId, { role: 'admin' });
      ({ id } = await create({ name: 'Everybody' }, owner));
      await addToGroup(id, member);
    });

    async function addToGroup(groupId: string, user: UserActor): Promise<void> {
      const organizationId = user.organizationId ?? asId<OrganizationId>('');
      const row = {
        group_id: groupId,
        user_id: user.userId,
        organization_id: organizationId,
        source: 'manual',
      } as const;
      await test.database.transaction((tx) =>
        tx
          .insertInto('group_memberships')
          .values({ ...row, created_at: 0 })
          .execute(),
      );
    }

    const usernames = async (query: { username?: string; search?: string; offset?: number; limit?: number }) => {
      const { users, totalCount } = await listGroupUsers(directory.deps, member, { id, ...query });
      return [users.map((user) => user.username), totalCount];
    };

    it('are the members of its organization, each with whether they belong to it', async () => {
      const { users, totalCount } = await listGroupUsers(directory.deps, member, { id });
      expect(totalCount).toBe(4);
      expect(users.map((user) => [user.username, user.isPartOfGroup, user.joinedGroupAt])).toEqual([
        ['alice', false, null],
        ['bob_b', false, null],
        ['bobxb', false, null],
        ['c%l', true, new Date(0).toISOString()],
      ]);
    });

    it('are listed in pages with the total count', async () => {
      expect(await usernames({ offset: 1, limit: 2 })).toEqual([['bob_b', 'bobxb'], 4]);
      expect(await usernames({ offset: 4 })).toEqual([[], 4]);
    });

    it.each([
      [{ username: 'bob' }, ['bob_b', 'bobxb']],
      [{ username: 'BOB' }, ['bob_b', 'bobxb']],
      [{ username: 'b_b' }, ['bob_b']],
      [{ username: '%' }, ['c%l']],
      [{ username: '\\' }, []],
      [{ username: "' or 1=1 --" }, []],
      [{ search: 'ALICE@acme' }, ['alice']],
      [{ search: 'person', username: 'xb' }, ['bobxb']],
      [{ search: '' }, ['alice', 'bob_b', 'bobxb', 'c%l']],
    ])('are found by %j as text, not as a pattern', async (query, found) => {
      expect(await usernames(query)).toEqual([found, found.length]);
    });
  });
});
