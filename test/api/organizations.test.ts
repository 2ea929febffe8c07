import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { MachineActor, UserActor } from '../../src/contract/actor.ts';
import type { OrganizationId } from '../../src/contract/ids.ts';
import { createTestDatabase, engines } from '../support/databases.ts';
import { createDirectoryApi, withoutReqId } from '../support/directory-api.ts';
import { createDirectory, type Directory } from '../support/directory.ts';

describe.each(engines)('the organization endpoints (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let api: ReturnType<typeof createDirectoryApi>;
  let home: OrganizationId;
  let root: MachineActor;
  let alice: UserActor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    api = createDirectoryApi(directory);
    home = await directory.addOrganization('Home');
    root = await directory.addMachine(home, { role: 'admin', isInstanceAdmin: true });
    alice = await directory.join(await directory.addUser('alice'), home, 'member');
  });
  afterAll(async () => {
    await api.close();
    await test.destroy();
  });

  it('POST returns the organization with exactly the documented fields', async () => {
    const { status, body } = await api.call(root, 'POST /api/v2/organizations', { name: '  Acme  ', unknown: 1 });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['organization']);
    expect(Object.keys(body.organization).toSorted()).toEqual([
      'authEnforced',
      'bypassOrgAuthEnabled',
      'createdAt',
      'defaultMembershipRole',
      'id',
      'name',
      'slug',
      'updatedAt',
      'userTokenExpiration',
    ]);
    expect(body.organization).toMatchObject({ name: 'Acme', slug: 'acme' });
  });

  it.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '   ' }, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: '\ud800' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'Acme', slug: 'Not A Slug' }, 'slug'],
    [{ name: 'Acme', slug: 'login' }, 'slug'],
    [{ name: 'Acme', slug: 'x'.repeat(65) }, 'slug'],
  ])('POST rejects %j and names the field', async (payload, path) => {
    const before = await directory.countRows();
    const { status, body } = await api.call(root, 'POST /api/v2/organizations', payload);
    expect([status, body.code, body.details[0].path]).toEqual([422, 'validation_failed', path]);
    expect(await directory.countRows()).toEqual(before);
  });

  it('POST answers 409 to a taken slug', async () => {
    await api.call(root, 'POST /api/v2/organizations', { name: 'One', slug: 'one' });
    const { status, body } = await api.call(root, 'POST /api/v2/organizations', { name: 'Two', slug: 'one' });
    expect([status, body.error, body.code]).toEqual([409, 'Conflict', 'slug_taken']);
  });

  it('POST is for instance admins', async () => {
    const { status, body } = await api.call(alice, 'POST /api/v2/organizations', { name: 'Mine' });
    expect([status, body.error]).toEqual([403, 'PermissionDenied']);
  });

  it("GET lists a user's organizations without a selected one", async () => {
    const { status, body } = await api.call({ ...alice, organizationId: undefined }, 'GET /api/v1/organization');
    expect(status).toBe(200);
    expect(body.organizations).toMatchObject([{ id: home, userRole: 'member', orgAuthMethod: 'none' }]);
    expect(body.organizations[0].userJoinedAt).toBe(new Date(directory.clock.nowMs()).toISOString());
  });

  it("GET refuses a machine identity's list and a request without a token", async () => {
    expect((await api.call(root, 'GET /api/v1/organization')).body.code).toBe('user_token_required');
    expect((await api.call(undefined, 'GET /api/v1/organization')).body.code).toBe('token_missing');
  });

  it('GET returns one, with or without a trailing slash', async () => {
    const plain = await api.call(alice, `GET /api/v1/organization/${home}`);
    expect(plain).toMatchObject({ status: 200, body: { organization: { id: home, name: 'Home' } } });
    expect(await api.call(alice, `GET /api/v1/organization/${home}/`)).toEqual(plain);
  });

  it('GET gives one response for foreign, unknown and malformed identifiers', async () => {
    const foreign = await directory.addOrganization('Foreign');
    const answers = await Promise.all(
      [foreign, directory.random.uuid(), 'nonsense', '%00', '..%2f'].map((id) =>
        api.call(alice, `GET /api/v1/organization/${id}`),
      ),
    );
    expect(new Set(answers.map(withoutReqId)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    expect((await api.call(root, 'GET /api/v1/organization/%00')).status).toBe(404);
  });
});
