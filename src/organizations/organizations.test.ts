import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { createDirectory, type Directory, testOrigin } from '../../test/support/directory.ts';
import type { Actor } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { createOrganization } from './create-organization.ts';
import { listOrganizations } from './list-organizations.ts';
import { readOrganization } from './read-organization.ts';
import type { OrganizationCreation } from './rules.ts';

const code = (name: string) => expect.objectContaining({ code: name });

describe.each(engines)('organizations (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let home: OrganizationId;
  let root: Actor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    home = await directory.addOrganization('Home');
    root = await directory.addMachine(home, { role: 'admin', isInstanceAdmin: true });
  });
  afterAll(() => test.destroy());

  const create = (
    actor: Actor,
    body: { name: string; slug?: string },
    setting: OrganizationCreation = 'instance-admins',
  ) =>
    createOrganization(
      { ...directory.deps, organizationCreation: setting, vouchedSlugs: new Set() },
      { actor, clientInfo: testOrigin, body },
    );

  it('start without enforcement, with a slug from their name and an entry in their own trail', async () => {
    const organization = await create(root, { name: 'Ünion & Söhne' });
    const createdAt = new Date(directory.clock.nowMs()).toISOString();
    expect(organization).toEqual({
      id: organization.id,
      name: 'Ünion & Söhne',
      slug: 'union-sohne',
      createdAt,
      updatedAt: createdAt,
      authEnforced: false,
      defaultMembershipRole: 'member',
      bypassOrgAuthEnabled: false,
      userTokenExpiration: '30d',
    });
    expect(await readOrganization(directory.deps, root, organization.id)).toEqual(organization);
    expect(await directory.auditedTypes(asId<OrganizationId>(organization.id))).toEqual(['organization-create']);
  });

  it('with one name get different slugs, even when they are created at once', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => create(root, { name: 'Same' })));
    const slugs = made.map((organization) => organization.slug);
    expect(new Set(slugs).size).toBe(5);
    expect(slugs).toContain('same');
    expect(slugs.every((slug) => /^same(?:-[0-9a-f]{8})?$/.test(slug))).toBe(true);
  });

  it('never get a reserved slug from their name', async () => {
    expect((await create(root, { name: 'Login' })).slug).toMatch(/^login-[0-9a-f]{8}$/);
  });

  it('H242: are rejected if the slug is taken, reserved or invalid, and leave nothing behind', async () => {
    await create(root, { name: 'Taken', slug: 'taken' });
    const before = await directory.countRows();
    await expect(create(root, { name: 'Other', slug: 'taken' })).rejects.toEqual(code('slug_taken'));
    await expect(create(root, { name: 'Other', slug: 'login' })).rejects.toEqual(code('validation_failed'));
    await expect(create(root, { name: 'Other', slug: 'Not A Slug' })).rejects.toEqual(code('validation_failed'));
    expect(await directory.countRows()).toEqual(before);
  });

  it('are created by instance admins, unless the operator allows every user to', async () => {
    const alice = await directory.join(await directory.addUser('alice'), home, 'admin');
    const machine = await directory.addMachine(home, { role: 'admin' });
    const before = await directory.countRows();
    await expect(create(alice, { name: 'Hers' })).rejects.toEqual(code('permission_denied'));
    await expect(create(machine, { name: 'Its' }, 'anyone')).rejects.toEqual(code('permission_denied'));
    expect(await directory.countRows()).toEqual(before);
    await expect(create(alice, { name: 'Hers' }, 'anyone')).resolves.toMatchObject({ slug: 'hers' });
  });

  it('have the user who created them as their first admin', async () => {
    const bob = await directory.addUser('bob');
    const { id } = await create(bob, { name: "Bob's" }, 'anyone');
    expect((await listOrganizations(directory.deps, bob, {})).organizations).toMatchObject([{ id, userRole: 'admin' }]);
    const asMember = { ...bob, organizationId: asId<OrganizationId>(id) };
    await expect(readOrganization(directory.deps, asMember, id)).resolves.toMatchObject({ id });
  });

  describe('of a user', () => {
    it("are listed by name, with the user's strongest role and the way to sign in", async () => {
      const carol = await directory.addUser('carol');
      const [zeta, alpha] = [await directory.addOrganization('Zeta'), await directory.addOrganization('Alpha')];
      await directory.join(carol, zeta, 'no-access');
      await directory.join(carol, alpha, 'member');
      await addGroupRole(zeta, carol.userId);
      await addOidcConfig(zeta, 1);
      await addOidcConfig(alpha, 0);
      const joined = { userJoinedAt: new Date(directory.clock.nowMs()).toISOString() };
      expect((await listOrganizations(directory.deps, carol, {})).organizations).toMatchObject([
        { name: 'Alpha', userRole: 'member', orgAuthMethod: 'none', ...joined },
        { name: 'Zeta', userRole: 'admin', orgAuthMethod: 'oidc', ...joined },
      ]);
    });

    it("are limited to the session's organization if it has one", async () => {
      const dave = await directory.addUser('dave');
      const [one, two] = [await directory.addOrganization('One'), await directory.addOrganization('Two')];
      const bound = await directory.join(dave, one, 'member');
      await directory.join(dave, two, 'member');
      expect((await listOrganizations(directory.deps, bound, {})).organizations).toMatchObject([{ id: one }]);
    });

    it('do not include one with a deactivated membership', async () => {
      const erin = await directory.addUser('erin');
      await directory.join(erin, home, 'admin');
      await test.database.transaction((tx) =>
        tx.updateTable('memberships').set({ is_active: 0 }).where('user_id', '=', erin.userId).execute(),
      );
      expect((await listOrganizations(directory.deps, erin, {})).organizations).toEqual([]);
    });
  });

  it('that the caller does not belong to look like unknown ones', async () => {
    const other = await directory.addOrganization('Elsewhere');
    const machine = await directory.addMachine(home, { role: 'admin' });
    for (const id of [other, directory.random.uuid(), 'nonsense', '\u0000']) {
      await expect(readOrganization(directory.deps, machine, id)).rejects.toEqual(code('organization_not_found'));
    }
    await expect(readOrganization(directory.deps, root, '\u0000')).rejects.toEqual(code('organization_not_found'));
    await expect(readOrganization(directory.deps, root, other)).resolves.toMatchObject({ id: other });
  });

  it('are hidden from callers without read access', async () => {
    const nobody = await directory.addMachine(home, { role: 'no-access' });
    await expect(readOrganization(directory.deps, nobody, home)).rejects.toEqual(code('permission_denied'));
  });

  async function addGroupRole(organizationId: OrganizationId, userId: string): Promise<void> {
    const groupId = directory.random.uuid();
    const group = {
      id: groupId,
      organization_id: organizationId,
      name: 'Admins',
      slug: 'admins',
      role: 'admin',
    } as const;
    const membership = { group_id: groupId, user_id: userId, organization_id: organizationId, source: 'idp' } as const;
    await test.database.transaction(async (tx) => {
      await tx
        .insertInto('groups')
        .values({ ...group, created_at: 0, updated_at: 0 })
        .execute();
      await tx
        .insertInto('group_memberships')
        .values({ ...membership, created_at: 0 })
        .execute();
    });
  }

  async function addOidcConfig(organizationId: OrganizationId, isActive: 0 | 1): Promise<void> {
    const endpoints = {
      issuer: '',
      authorization_endpoint: '',
      jwks_uri: '',
      token_endpoint: '',
      userinfo_endpoint: '',
    };
    const row = {
      id: directory.random.uuid(),
      organization_id: organizationId,
      revision: 1,
      configuration_type: 'discoveryURL',
      discovery_url: 'https://idp.acme.example/.well-known/openid-configuration',
      ...endpoints,
      client_id: 'client',
      sealed_client_secret: '',
      is_active: isActive,
      allowed_email_domains: '',
      manage_group_memberships: 0,
      jwt_signature_algorithm: 'RS256',
      last_sign_in_at: null,
      created_at: 0,
      updated_at: 0,
    } as const;
    await test.database.transaction((tx) => tx.insertInto('connections').values(row).execute());
  }
});
