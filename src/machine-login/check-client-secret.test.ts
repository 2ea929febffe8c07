import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { createDirectory, type Directory, testOrigin } from '../../test/support/directory.ts';
import type { CreateClientSecretBody, UniversalAuthSettings } from '../contract/identities.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { attachUniversalAuth } from '../machine-identities/attach-universal-auth.ts';
import { type PresentedCredentials, withClientSecret } from './check-client-secret.ts';
import { createClientSecret } from '../machine-identities/create-client-secret.ts';
import { deleteIdentity } from '../machine-identities/delete-identity.ts';
import { revokeClientSecret } from '../machine-identities/revoke-client-secret.ts';

const invalid = expect.objectContaining({ code: 'credentials_invalid' });
const locked = expect.objectContaining({ code: 'credentials_locked' });

describe.each(engines)('checking a client secret (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let organizationId: OrganizationId;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    organizationId = await directory.addOrganization('Acme');
  });
  afterAll(() => test.destroy());

  async function machine(settings: UniversalAuthSettings = {}, body: CreateClientSecretBody = {}) {
    const { deps } = directory;
    const actor = await directory.addMachine(organizationId, { role: 'admin' });
    const call = { actor, clientInfo: testOrigin, identityId: actor.identityId };
    const { clientId } = await attachUniversalAuth(deps, { ...call, body: settings });
    const made = await createClientSecret(deps, { ...call, body });
    const good = { clientId, clientSecret: made.clientSecret, clientInfo: testOrigin };
    const wrong = { ...good, clientSecret: 'f'.repeat(64) };
    return { call, good, wrong, clientSecretId: made.clientSecretData.id };
  }

  const check = (credentials: PresentedCredentials) =>
    withClientSecret(directory.deps, credentials, (_tx, accepted) => Promise.resolve(accepted));

  async function failuresCounted(clientId: string): Promise<number> {
    const rows = await test.database.db
      .selectFrom('universal_auth_failures')
      .innerJoin('universal_auths', 'universal_auths.id', 'universal_auth_failures.universal_auth_id')
      .select('universal_auth_failures.failed_count')
      .where('universal_auths.client_id', '=', clientId)
      .execute();
    return rows.reduce((sum, row) => sum + row.failed_count, 0);
  }

  it('returns its identity', async () => {
    const { call, good, clientSecretId } = await machine();
    const { identity, universalAuth, clientSecret } = await check(good);
    expect(identity).toMatchObject({ id: call.identityId, organization_id: organizationId });
    expect(universalAuth.client_id).toBe(good.clientId);
    expect(clientSecret).toMatchObject({ id: clientSecretId, num_uses: 1, last_used_at: directory.clock.nowMs() });
  });

  it('H228: gives one response to a wrong secret and to an unknown client id', async () => {
    const { good, wrong } = await machine();
    await expect(check(wrong)).rejects.toEqual(invalid);
    await expect(check({ ...good, clientId: '00000000-0000-4000-8000-000000000000' })).rejects.toEqual(invalid);
  });

  it("rejects another identity's secret", async () => {
    const [one, other] = [await machine(), await machine()];
    await expect(check({ ...one.good, clientSecret: other.good.clientSecret })).rejects.toEqual(invalid);
  });

  it('H228: rejects even the right secret for a while after three wrong ones', async () => {
    const { call, good, wrong } = await machine();
    for (let guess = 0; guess < 3; guess += 1) await expect(check(wrong)).rejects.toEqual(invalid);
    await expect(check(good)).rejects.toEqual(locked);
    expect(await directory.auditedTypes(organizationId)).toContain('universal-auth-lockout');
    directory.clock.advanceSeconds(299);
    await expect(check(good)).rejects.toEqual(locked);
    directory.clock.advanceSeconds(1);
    await expect(check(good)).resolves.toMatchObject({ identity: { id: call.identityId } });
  });

  it('resets the count of wrong secrets after a right one', async () => {
    const { good, wrong } = await machine();
    await expect(check(wrong)).rejects.toEqual(invalid);
    await expect(check(wrong)).rejects.toEqual(invalid);
    expect(await failuresCounted(good.clientId)).toBe(2);
    await check(good);
    expect(await failuresCounted(good.clientId)).toBe(0);
  });

  it('H325: a stranger who knows the client id locks only their own network out', async () => {
    const { call, good, wrong } = await machine();
    const stranger = { ...wrong, clientInfo: { ...testOrigin, ipAddress: '2001:db8::bad' } };
    for (let guess = 0; guess < 3; guess += 1) await expect(check(stranger)).rejects.toEqual(invalid);
    await expect(check({ ...good, clientInfo: { ...testOrigin, ipAddress: '2001:db8::1' } })).rejects.toEqual(locked);
    await expect(check(good)).resolves.toMatchObject({ identity: { id: call.identityId } });
    // A success elsewhere does not unlock the stranger.
    await expect(check({ ...good, clientInfo: stranger.clientInfo })).rejects.toEqual(locked);
  });

  it('H228: compares no more concurrent guesses than the threshold allows', async () => {
    const { good, wrong } = await machine({ lockoutThreshold: 5 });
    const guesses = Array.from({ length: 30 }, () => wrong);
    const answers = await Promise.allSettled([...guesses, good].map(check));
    const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'accepted'));
    // The valid one may come early or late; either way, at most five wrong ones are checked before a lock.
    const compared = codes.filter((code) => code === 'credentials_invalid').length;
    expect(compared).toBeGreaterThanOrEqual(5);
    expect(compared).toBeLessThanOrEqual(codes.includes('accepted') ? 9 : 5);
    await expect(check(good)).rejects.toEqual(locked);
  });

  it('H228: a guess at many identities locks none of them', async () => {
    const machines = await Promise.all([machine(), machine(), machine()]);
    for (const { wrong } of machines) await expect(check(wrong)).rejects.toEqual(invalid);
    for (const { good } of machines) await expect(check(good)).resolves.toBeDefined();
  });

  it('H227: accepts a secret exactly as often as its limit says, under concurrent logins', async () => {
    const { good } = await machine({}, { numUsesLimit: 4 });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => check(good)));
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(4);
    expect(answers.filter((answer) => answer.status === 'rejected').map((answer) => answer.reason)).toEqual(
      Array.from({ length: 16 }, () => invalid),
    );
  });

  it('rejects an expired secret', async () => {
    const { good } = await machine({}, { ttl: 60 });
    await check(good);
    directory.clock.advanceSeconds(60);
    await expect(check(good)).rejects.toEqual(invalid);
  });

  it('H227: rejects a revoked secret without locking out the owner of a new one', async () => {
    const { call, good, clientSecretId } = await machine();
    const { clientSecret } = await createClientSecret(directory.deps, { ...call, body: {} });
    await revokeClientSecret(directory.deps, { ...call, clientSecretId });
    for (let retry = 0; retry < 5; retry += 1) await expect(check(good)).rejects.toEqual(invalid);
    await expect(check({ ...good, clientSecret })).resolves.toBeDefined();
  });

  it('rejects the secret of a deleted identity', async () => {
    const { call, good } = await machine();
    const other = await directory.addMachine(organizationId, { role: 'admin' });
    await deleteIdentity(directory.deps, { ...call, actor: other });
    await expect(check(good)).rejects.toEqual(invalid);
  });

  it('rejects a secret from outside the trusted IP ranges without counting wrong ones', async () => {
    const { good, wrong } = await machine({ clientSecretTrustedIps: [{ ipAddress: '198.51.100.0/24' }] });
    await expect(check(good)).rejects.toEqual(invalid);
    for (let guess = 0; guess < 3; guess += 1) await expect(check(wrong)).rejects.toEqual(invalid);
    expect(await failuresCounted(good.clientId)).toBe(0);
    await expect(check({ ...good, clientInfo: { ...testOrigin, ipAddress: '198.51.100.9' } })).resolves.toBeDefined();
  });

  it('does not count a use if the login fails afterwards', async () => {
    const { good } = await machine({}, { numUsesLimit: 1 });
    const failure = new Error('not granted');
    await expect(withClientSecret(directory.deps, good, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(check(good)).resolves.toMatchObject({ clientSecret: { num_uses: 1 } });
  });
});
