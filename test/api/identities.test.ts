import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { MachineActor } from '../../src/contract/actor.ts';
import type { OrganizationId } from '../../src/contract/ids.ts';
import { withClientSecret } from '../../src/machine-login/check-client-secret.ts';
import { createTestDatabase, engines } from '../support/databases.ts';
import { createDirectoryApi, withoutReqId } from '../support/directory-api.ts';
import { createDirectory, type Directory, testOrigin } from '../support/directory.ts';

describe.each(engines)('the machine identity endpoints (%s)', (engine) => {
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

  const authUrl = (identityId: string) => `/api/v1/auth/universal-auth/identities/${identityId}` as const;

  async function create(name = 'deployer'): Promise<string> {
    const { body } = await api.call(admin, 'POST /api/v1/identities', { name, organizationId: acme });
    return body.identity.id;
  }

  it('list identities in pages by name, and find them by part of it, literally', async () => {
    const place = await directory.addOrganization('Paged machines');
    const own = await directory.addMachine(place, { role: 'admin' });
    for (const name of ['builder 50%', 'a_runner', 'a runner', 'Builder']) {
      await api.call(own, 'POST /api/v1/identities', { name, organizationId: place });
    }
    const found = async (query: string) => {
      const { body } = await api.call(own, `GET /api/v1/identities?orgId=${place}&${query}`);
      return [body.identities.map(({ name }: { name: string }) => name), body.totalCount];
    };
    const [everybody, count] = await found('');
    expect([everybody.length, count]).toEqual([5, 5]);
    expect(await found('offset=2&limit=2')).toEqual([everybody.slice(2, 4), 5]);
    expect(await found('search=BUILDER')).toEqual([['Builder', 'builder 50%'], 2]);
    expect(await found('search=builder&limit=1&offset=1')).toEqual([['builder 50%'], 2]);
    expect(await found('search=_')).toEqual([['a_runner'], 1]);
    expect(await found('search=%25')).toEqual([['builder 50%'], 1]);
    for (const query of ['limit=0', 'limit=1001', 'offset=-1', 'search=%00']) {
      expect((await api.call(own, `GET /api/v1/identities?${query}`)).status).toBe(422);
    }
  });

  it('create, change, use and delete an identity', async () => {
    const id = await create();
    const renamed = await api.call(admin, `PATCH /api/v1/identities/${id}`, { name: 'runner', role: 'member' });
    expect(renamed.body.identity).toMatchObject({ id, name: 'runner', orgId: acme, role: 'member', authMethods: [] });

    const attached = await api.call(admin, `POST ${authUrl(id)}`, { accessTokenTTL: 600 });
    const { clientId } = attached.body.identityUniversalAuth;
    expect(attached).toMatchObject({
      status: 200,
      body: { identityUniversalAuth: { identityId: id, accessTokenTTL: 600 } },
    });
    expect((await api.call(admin, `GET /api/v1/identities/${id}`)).body.identity.authMethods).toEqual([
      'universal-auth',
    ]);

    const made = await api.call(admin, `POST ${authUrl(id)}/client-secrets`, {});
    const { clientSecret, clientSecretData } = made.body;
    expect(clientSecretData).toMatchObject({
      clientSecretPrefix: clientSecret.slice(0, 4),
      description: '',
      clientSecretNumUses: 0,
      clientSecretNumUsesLimit: 0,
      clientSecretTTL: 0,
      identityUAId: attached.body.identityUniversalAuth.id,
      isClientSecretRevoked: false,
    });
    const credentials = { clientId, clientSecret, clientInfo: testOrigin };
    const acceptedId = withClientSecret(directory.deps, credentials, (_tx, { identity }) =>
      Promise.resolve(identity.id),
    );
    expect(await acceptedId).toBe(id);

    const listed = await api.call(admin, `GET ${authUrl(id)}/client-secrets`);
    expect(listed.body.clientSecretData).toEqual([{ ...clientSecretData, clientSecretNumUses: 1 }]);
    expect(JSON.stringify(listed.body)).not.toContain(clientSecret);
    const secretUrl = `${authUrl(id)}/client-secrets/${clientSecretData.id}` as const;
    expect((await api.call(admin, `POST ${secretUrl}/revoke`)).body.clientSecretData.isClientSecretRevoked).toBe(true);
    expect((await api.call(admin, `GET ${secretUrl}`)).body.clientSecretData.isClientSecretRevoked).toBe(true);

    expect((await api.call(admin, `DELETE ${authUrl(id)}`)).body.identityUniversalAuth).toMatchObject({ clientId });
    expect((await api.call(admin, `GET ${authUrl(id)}`)).body.code).toBe('universal_auth_not_found');
    expect((await api.call(admin, `DELETE /api/v1/identities/${id}`)).body.identity).toMatchObject({ id });
    expect((await api.call(admin, `GET /api/v1/identities/${id}`)).body.code).toBe('identity_not_found');
  });

  it('H231: cannot create an instance admin', async () => {
    const payload = { name: 'root', organizationId: acme, isInstanceAdmin: true, is_instance_admin: 1, id: 'mine' };
    const { status, body } = await api.call(admin, 'POST /api/v1/identities', payload);
    expect(status).toBe(200);
    await api.call(admin, `PATCH /api/v1/identities/${body.identity.id}`, {
      is_instance_admin: 1,
      isInstanceAdmin: true,
    });
    const query = test.database.db.selectFrom('machine_identities').select(['is_instance_admin', 'role']);
    const row = await query.where('id', '=', body.identity.id).executeTakeFirstOrThrow();
    expect(row).toEqual({ is_instance_admin: 0, role: 'no-access' });
  });

  it("list the identities of the token's organization if none is named", async () => {
    const id = await create('listed');
    const { status, body } = await api.call(admin, 'GET /api/v1/identities');
    expect(status).toBe(200);
    expect(body.identities).toContainEqual(expect.objectContaining({ id, name: 'listed', orgId: acme }));
    expect(body.totalCount).toBe(body.identities.length);
    expect((await api.call(admin, `GET /api/v1/identities?orgId=${acme}`)).body).toEqual(body);
  });

  it('tell an identity its organization, whatever its role', async () => {
    const nobody = await directory.addMachine(acme, { role: 'no-access' });
    expect(await api.call(nobody, 'GET /api/v1/identities/details')).toEqual({
      status: 200,
      body: { identityDetails: { organization: { id: acme, name: 'Acme', slug: 'acme' } } },
    });
    const person = await directory.join(await directory.addUser('alice'), acme, 'admin');
    expect((await api.call(person, 'GET /api/v1/identities/details')).body.code).toBe('machine_token_required');
  });

  it.each([
    [{ accessTokenTTL: 0 }, 'accessTokenTTL'],
    [{ accessTokenTTL: 61, accessTokenMaxTTL: 60 }, 'accessTokenTTL'],
    [{ clientSecretTrustedIps: [{ ipAddress: 'everywhere' }] }, 'clientSecretTrustedIps.0.ipAddress'],
    [{ accessTokenTrustedIps: [] }, 'accessTokenTrustedIps'],
    [{ lockoutThreshold: 31 }, 'lockoutThreshold'],
    [{ lockoutEnabled: 'true' }, 'lockoutEnabled'],
  ])('are refused universal auth with %j, which changes nothing', async (payload, path) => {
    const id = await create('refused');
    const before = await directory.countRows();
    const { status, body } = await api.call(admin, `POST ${authUrl(id)}`, payload);
    expect([status, body.details[0].path]).toEqual([422, path]);
    expect(await directory.countRows()).toEqual(before);
  });

  it('answer 409 to a second universal auth', async () => {
    const id = await create('twice');
    await api.call(admin, `POST ${authUrl(id)}`, {});
    const { status, body } = await api.call(admin, `POST ${authUrl(id)}`, {});
    expect([status, body.code]).toEqual([409, 'universal_auth_exists']);
  });

  it('H220: give one response for foreign, unknown and malformed identifiers, on every endpoint', async () => {
    const stranger = await directory.addMachine(await directory.addOrganization('Other'), { role: 'admin' });
    const foreign = await create('foreign');
    await api.call(admin, `POST ${authUrl(foreign)}`, {});
    const before = await directory.countRows();
    const endpoints: ((id: string) => Parameters<typeof api.call>)[] = [
      (id) => [stranger, `GET /api/v1/identities/${id}`],
      (id) => [stranger, `PATCH /api/v1/identities/${id}`, { name: 'mine' }],
      (id) => [stranger, `DELETE /api/v1/identities/${id}`],
      (id) => [stranger, `POST ${authUrl(id)}`, {}],
      (id) => [stranger, `GET ${authUrl(id)}`],
      (id) => [stranger, `PATCH ${authUrl(id)}`, { lockoutEnabled: false }],
      (id) => [stranger, `DELETE ${authUrl(id)}`],
      (id) => [stranger, `POST ${authUrl(id)}/client-secrets`, {}],
      (id) => [stranger, `GET ${authUrl(id)}/client-secrets`],
      (id) => [stranger, `GET ${authUrl(id)}/client-secrets/${id}`],
      (id) => [stranger, `POST ${authUrl(id)}/client-secrets/${id}/revoke`],
    ];
    for (const endpoint of endpoints) {
      const ids = [foreign, directory.random.uuid(), 'nonsense', '%00'];
      const answers = await Promise.all(ids.map((id) => api.call(...endpoint(id))));
      expect(new Set(answers.map(withoutReqId)).size).toBe(1);
      expect(answers[0]).toMatchObject({ status: 404, body: { code: 'identity_not_found' } });
    }
    expect(await directory.countRows()).toEqual(before);
  });

  it('H219: do not show identities of another organization', async () => {
    const stranger = await directory.addMachine(await directory.addOrganization('Strange'), { role: 'admin' });
    const list = await api.call(stranger, `GET /api/v1/identities?orgId=${acme}`);
    const make = await api.call(stranger, 'POST /api/v1/identities', { name: 'spy', organizationId: acme });
    expect([list.body.code, make.body.code]).toEqual(['organization_not_found', 'organization_not_found']);
  });
});
