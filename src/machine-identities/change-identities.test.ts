import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { createDirectory, type Directory, testOrigin } from '../../test/support/directory.ts';
import type { Actor, MachineActor } from '../contract/actor.ts';
import { universalAuthDefaults } from '../contract/identities.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { clientSecretsPerIdentityMax, identitiesPerOrganizationMax } from '../contract/limits.ts';
import { sha256Hex } from '../kernel/digest.ts';
import { attachUniversalAuth } from './attach-universal-auth.ts';
import { createClientSecret } from './create-client-secret.ts';
import { createIdentity } from './create-identity.ts';
import { deleteIdentity } from './delete-identity.ts';
import { detachUniversalAuth } from './detach-universal-auth.ts';
import { listIdentities } from './list-identities.ts';
import { insertIdentity } from './queries.ts';
import { listClientSecrets, readClientSecret } from './read-client-secrets.ts';
import { readIdentity, readUniversalAuth } from './read-identity.ts';
import { revokeClientSecret } from './revoke-client-secret.ts';
import { updateIdentity } from './update-identity.ts';
import { updateUniversalAuth } from './update-universal-auth.ts';

const code = (name: string) => expect.objectContaining({ code: name });

describe.each(engines)('machine identities (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let acme: OrganizationId;
  let other: OrganizationId;
  let admin: MachineActor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    acme = await directory.addOrganization('Acme');
    other = await directory.addOrganization('Other');
    admin = await directory.addMachine(acme, { role: 'admin' });
  });
  afterAll(() => test.destroy());

  const as = (actor: Actor, identityId: string) => ({ actor, clientInfo: testOrigin, identityId });

  async function withSecret() {
    const { identityId } = await directory.addMachine(acme, { role: 'no-access' });
    await attachUniversalAuth(directory.deps, { ...as(admin, identityId), body: {} });
    const made = await createClientSecret(directory.deps, { ...as(admin, identityId), body: { description: 'ci' } });
    return { identityId, ...made };
  }

  async function addToken(identityId: string, clientSecretId: string | null): Promise<string> {
    const id = directory.random.uuid();
    const spans = { ttl_seconds: 60, max_ttl_seconds: 60, created_at: 0, renewed_at: null, expires_at: 60_000 };
    const uses = { num_uses: 0, num_uses_limit: 0, is_revoked: 0 } as const;
    const row = { id, identity_id: identityId, client_secret_id: clientSecretId, ...spans, ...uses };
    await test.database.transaction((tx) => tx.insertInto('machine_tokens').values(row).execute());
    return id;
  }

  async function tokenState(id: string): Promise<'live' | 'revoked' | 'gone'> {
    const query = test.database.db.selectFrom('machine_tokens').select('is_revoked').where('id', '=', id);
    const row = await query.executeTakeFirst();
    if (row === undefined) return 'gone';
    return row.is_revoked === 1 ? 'revoked' : 'live';
  }

  it('start without access and without a login, and are never instance admins', async () => {
    const body = { name: 'deployer', organizationId: acme, isInstanceAdmin: true, is_instance_admin: 1 };
    const identity = await createIdentity(directory.deps, { actor: admin, clientInfo: testOrigin, body });
    expect(identity).toMatchObject({ name: 'deployer', orgId: acme, role: 'no-access', authMethods: [] });
    const row = await test.database.db
      .selectFrom('machine_identities')
      .select('is_instance_admin')
      .where('id', '=', identity.id)
      .executeTakeFirstOrThrow();
    expect(row.is_instance_admin).toBe(0);
    expect(await readIdentity(directory.deps, admin, identity.id)).toEqual(identity);
  });

  it('are listed by name with the total count', async () => {
    const organizationId = await directory.addOrganization('Listed');
    const actor = await directory.addMachine(organizationId, { role: 'member' });
    const creator = await directory.addMachine(organizationId, { role: 'admin' });
    for (const name of ['b', 'a']) {
      await createIdentity(directory.deps, { actor: creator, clientInfo: testOrigin, body: { name, organizationId } });
    }
    const { identities, totalCount } = await listIdentities(directory.deps, actor, {});
    expect(identities.map((identity) => identity.name).slice(0, 2)).toEqual(['a', 'b']);
    expect(totalCount).toBe(4);
  });

  it('change only in the given fields, and an unchanged one is not audited', async () => {
    const { identityId } = await directory.addMachine(acme, { role: 'no-access' });
    directory.clock.advanceSeconds(1);
    const body = { role: 'member' } as const;
    const changed = await updateIdentity(directory.deps, { ...as(admin, identityId), body });
    expect(changed).toMatchObject({ role: 'member', updatedAt: new Date(directory.clock.nowMs()).toISOString() });
    const before = await directory.countRows();
    expect(await updateIdentity(directory.deps, { ...as(admin, identityId), body })).toEqual(changed);
    expect(await directory.countRows()).toEqual(before);
  });

  it('of another organization look like unknown ones to every use case', async () => {
    const foreign = (await directory.addMachine(other, { role: 'no-access' })).identityId;
    const before = await directory.countRows();
    for (const id of [foreign, directory.random.uuid(), 'nonsense', '\u0000']) {
      const call = as(admin, id);
      const attempts = [
        readIdentity(directory.deps, admin, id),
        updateIdentity(directory.deps, { ...call, body: { name: 'mine' } }),
        deleteIdentity(directory.deps, call),
        attachUniversalAuth(directory.deps, { ...call, body: {} }),
        readUniversalAuth(directory.deps, admin, id),
        updateUniversalAuth(directory.deps, { ...call, body: {} }),
        detachUniversalAuth(directory.deps, call),
        createClientSecret(directory.deps, { ...call, body: {} }),
        listClientSecrets(directory.deps, admin, { identityId: id }),
        readClientSecret(directory.deps, admin, { identityId: id, clientSecretId: id }),
        revokeClientSecret(directory.deps, { ...call, clientSecretId: id }),
      ];
      for (const answer of await Promise.allSettled(attempts)) {
        expect(answer).toMatchObject({ status: 'rejected', reason: code('identity_not_found') });
      }
    }
    expect(await directory.countRows()).toEqual(before);
  });

  it('look alike, existing or not, to a caller who was removed from the organization', async () => {
    const stranger = { ...(await directory.addUser('mallory')), organizationId: acme };
    await expect(readIdentity(directory.deps, stranger, admin.identityId)).rejects.toEqual(code('identity_not_found'));
  });

  it('are changed by admins, visible to members, and hidden from the role no-access', async () => {
    const member = await directory.addMachine(acme, { role: 'member' });
    const nobody = await directory.addMachine(acme, { role: 'no-access' });
    const before = await directory.countRows();
    const body = { name: 'x', organizationId: acme };
    await expect(createIdentity(directory.deps, { ...as(member, ''), body })).rejects.toEqual(
      code('permission_denied'),
    );
    await expect(deleteIdentity(directory.deps, as(member, admin.identityId))).rejects.toEqual(
      code('permission_denied'),
    );
    await expect(readIdentity(directory.deps, member, admin.identityId)).resolves.toBeDefined();
    await expect(readIdentity(directory.deps, nobody, admin.identityId)).rejects.toEqual(code('permission_denied'));
    expect(await directory.countRows()).toEqual(before);
  });

  it('H231: that are instance admins cannot be changed by admins of their organization', async () => {
    const root = await directory.addMachine(acme, { role: 'admin', isInstanceAdmin: true });
    const before = await directory.countRows();
    const call = as(admin, root.identityId);
    for (const attempt of [
      () => attachUniversalAuth(directory.deps, { ...call, body: {} }),
      () => createClientSecret(directory.deps, { ...call, body: {} }),
      () => updateIdentity(directory.deps, { ...call, body: { role: 'no-access' } }),
      () => deleteIdentity(directory.deps, call),
    ]) {
      await expect(attempt()).rejects.toEqual(code('permission_denied'));
    }
    expect(await directory.countRows()).toEqual(before);
    await expect(attachUniversalAuth(directory.deps, { ...call, actor: root, body: {} })).resolves.toBeDefined();
  });

  it("of every organization can be changed by an instance admin, and the organization's trail records it", async () => {
    const root = await directory.addMachine(acme, { role: 'admin', isInstanceAdmin: true });
    const { identityId } = await directory.addMachine(other, { role: 'no-access' });
    await deleteIdentity(directory.deps, as(root, identityId));
    expect(await directory.auditedTypes(other)).toContain('identity-delete');
  });

  it('get universal auth once, even from two concurrent callers', async () => {
    const { identityId } = await directory.addMachine(acme, { role: 'no-access' });
    const attach = () => attachUniversalAuth(directory.deps, { ...as(admin, identityId), body: {} });
    const answers = await Promise.allSettled([attach(), attach()]);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    expect(answers).toContainEqual({ status: 'rejected', reason: code('universal_auth_exists') });
    expect(await readUniversalAuth(directory.deps, admin, identityId)).toMatchObject(universalAuthDefaults);
    expect(await readIdentity(directory.deps, admin, identityId)).toMatchObject({ authMethods: ['universal-auth'] });
  });

  it('keep the universal auth settings that are not given', async () => {
    const { identityId } = await withSecret();
    const body = { accessTokenTTL: 60, accessTokenTrustedIps: [{ ipAddress: '2001:DB8::/32' }] };
    const changed = await updateUniversalAuth(directory.deps, { ...as(admin, identityId), body });
    expect(changed).toMatchObject({
      ...universalAuthDefaults,
      accessTokenTTL: 60,
      accessTokenTrustedIps: [{ ipAddress: '2001:db8::/32' }],
    });
    expect(await readUniversalAuth(directory.deps, admin, identityId)).toEqual(changed);
  });

  it('have client secrets that are shown once and stored as a hash', async () => {
    const { identityId, clientSecret, clientSecretData } = await withSecret();
    expect(clientSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(clientSecretData).toMatchObject({ clientSecretPrefix: clientSecret.slice(0, 4), description: 'ci' });
    const rows = await test.database.db
      .selectFrom('client_secrets')
      .selectAll()
      .where('id', '=', clientSecretData.id)
      .execute();
    expect(rows).toMatchObject([{ secret_hash: sha256Hex(clientSecret) }]);
    const trail = await test.database.db.selectFrom('audit_events').selectAll().execute();
    expect(JSON.stringify([rows, trail])).not.toContain(clientSecret);
    expect(await listClientSecrets(directory.deps, admin, { identityId })).toEqual({
      clientSecretData: [clientSecretData],
      totalCount: 1,
    });
  });

  it('have client secrets that cannot be reached through another identity', async () => {
    const [one, two] = [await withSecret(), await withSecret()];
    const crossed = { identityId: one.identityId, clientSecretId: two.clientSecretData.id };
    await expect(readClientSecret(directory.deps, admin, crossed)).rejects.toEqual(code('client_secret_not_found'));
    await expect(revokeClientSecret(directory.deps, { ...as(admin, one.identityId), ...crossed })).rejects.toEqual(
      code('client_secret_not_found'),
    );
    const straight = { identityId: two.identityId, clientSecretId: two.clientSecretData.id };
    expect((await readClientSecret(directory.deps, admin, straight)).isClientSecretRevoked).toBe(false);
  });

  it('lose the tokens of a revoked client secret, and no others; a second revocation changes nothing', async () => {
    const { identityId, clientSecretData } = await withSecret();
    const kept = await createClientSecret(directory.deps, { ...as(admin, identityId), body: {} });
    const tokens = [
      await addToken(identityId, clientSecretData.id),
      await addToken(identityId, kept.clientSecretData.id),
      await addToken(identityId, null),
    ];
    const revoke = { ...as(admin, identityId), clientSecretId: clientSecretData.id };
    expect((await revokeClientSecret(directory.deps, revoke)).isClientSecretRevoked).toBe(true);
    expect(await Promise.all(tokens.map(tokenState))).toEqual(['revoked', 'live', 'live']);
    const before = await directory.countRows();
    await revokeClientSecret(directory.deps, revoke);
    expect(await directory.countRows()).toEqual(before);
    const { clientSecretData: listed } = await listClientSecrets(directory.deps, admin, { identityId });
    expect(listed.map((secret) => secret.isClientSecretRevoked)).toEqual([false, true]);
  });

  it('lose the tokens that universal auth issued when it is removed, and no others', async () => {
    const { identityId, clientSecretData } = await withSecret();
    const tokens = [await addToken(identityId, clientSecretData.id), await addToken(identityId, null)];
    await detachUniversalAuth(directory.deps, as(admin, identityId));
    expect(await Promise.all(tokens.map(tokenState))).toEqual(['gone', 'live']);
    await expect(readUniversalAuth(directory.deps, admin, identityId)).rejects.toEqual(
      code('universal_auth_not_found'),
    );
    expect(await readIdentity(directory.deps, admin, identityId)).toMatchObject({ authMethods: [] });
  });

  it('lose their tokens when they are deleted', async () => {
    const { identityId, clientSecretData } = await withSecret();
    const token = await addToken(identityId, clientSecretData.id);
    const deletions = [
      deleteIdentity(directory.deps, as(admin, identityId)),
      deleteIdentity(directory.deps, as(admin, identityId)),
    ];
    const answers = await Promise.allSettled(deletions);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    expect(answers).toContainEqual({ status: 'rejected', reason: code('identity_not_found') });
    expect(await tokenState(token)).toBe('gone');
  });

  async function anotherThan(actor: MachineActor, organizationId: OrganizationId): Promise<string> {
    const { identities } = await listIdentities(directory.deps, actor, { orgId: organizationId });
    const found = identities.find(({ id }) => id !== actor.identityId);
    if (found === undefined) throw new Error('there is no second identity');
    return found.id;
  }

  it('are limited per organization, also under concurrent requests', async () => {
    const organizationId = await directory.addOrganization('Full');
    const actor = await directory.addMachine(organizationId, { role: 'admin' });
    const common = { organization_id: organizationId, name: 'n', role: 'no-access', is_instance_admin: 0 } as const;
    await test.database.transaction(async (tx) => {
      for (let made = 1; made < identitiesPerOrganizationMax; made += 1) {
        await insertIdentity(tx, { id: directory.random.uuid(), ...common, created_at: 0, updated_at: 0 });
      }
    });
    const body = { name: 'one too many', organizationId };
    await expect(createIdentity(directory.deps, { ...as(actor, ''), body })).rejects.toEqual(code('limit_reached'));
    await deleteIdentity(directory.deps, { ...as(actor, await anotherThan(actor, organizationId)) });
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => createIdentity(directory.deps, { ...as(actor, ''), body })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listIdentities(directory.deps, actor, {})).identities).toHaveLength(identitiesPerOrganizationMax);
  });

  it('have a limited number of client secrets, not counting revoked ones', async () => {
    const { identityId, clientSecretData } = await withSecret();
    const call = as(admin, identityId);
    for (let made = 1; made < clientSecretsPerIdentityMax; made += 1) {
      await createClientSecret(directory.deps, { ...call, body: {} });
    }
    await expect(createClientSecret(directory.deps, { ...call, body: {} })).rejects.toEqual(code('limit_reached'));
    await revokeClientSecret(directory.deps, { ...call, clientSecretId: clientSecretData.id });
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => createClientSecret(directory.deps, { ...call, body: {} })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are audited on every change', async () => {
    const organizationId = await directory.addOrganization('Trail');
    const actor = await directory.addMachine(organizationId, { role: 'admin' });
    const call = { actor, clientInfo: testOrigin };
    const { id: identityId } = await createIdentity(directory.deps, { ...call, body: { name: 'n', organizationId } });
    await updateIdentity(directory.deps, { ...call, identityId, body: { name: 'm' } });
    await attachUniversalAuth(directory.deps, { ...call, identityId, body: {} });
    await updateUniversalAuth(directory.deps, { ...call, identityId, body: { lockoutThreshold: 4 } });
    const { clientSecretData } = await createClientSecret(directory.deps, { ...call, identityId, body: {} });
    await revokeClientSecret(directory.deps, { ...call, identityId, clientSecretId: clientSecretData.id });
    await detachUniversalAuth(directory.deps, { ...call, identityId });
    await deleteIdentity(directory.deps, { ...call, identityId });
    expect(await directory.auditedTypes(organizationId)).toEqual([
      'identity-create',
      'identity-update',
      'universal-auth-attach',
      'universal-auth-update',
      'client-secret-create',
      'client-secret-revoke',
      'universal-auth-detach',
      'identity-delete',
    ]);
  });
});
