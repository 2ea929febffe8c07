import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, addOrganization, logIn, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

describe.each(engines)('settings of an organization (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    const settings = { SALLYPORT_VERIFIED_DOMAINS: 'vouched.example:vouched,kept.example:kept' };
    server = await startTestServer({ engine, clock, settings });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const change = async (organizationId: string, json: unknown, token = boot.token) =>
    server.call(`/api/v1/organization/${organizationId}`, { method: 'PATCH', token, json });
  const read = async (organizationId: string) =>
    (await server.call(`/api/v1/organization/${organizationId}`, { token: boot.token })).body.organization;
  const audited = async (organizationId: string) => {
    const events = server.database.db.selectFrom('audit_events').select(['event_type', 'event_metadata']);
    const rows = await events.where('organization_id', '=', organizationId).orderBy('sequence').execute();
    return rows.filter(({ event_type: type }) => type === 'organization-update');
  };

  it('change only as far as they are named, and the change is audited', async () => {
    const id = await addOrganization(server, boot);
    const before = await read(id);
    clock.advanceSeconds(60);
    const slug = `slug-${randomUUID()}`;
    const answer = await change(id, { name: ' New name ', slug, defaultMembershipRoleSlug: 'no-access', unknown: 1 });
    expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    expect(answer.body.organization).toEqual({
      ...before,
      name: 'New name',
      slug,
      defaultMembershipRole: 'no-access',
      updatedAt: new Date(clock.nowMs()).toISOString(),
    });
    expect(await read(id)).toEqual(answer.body.organization);
    const [entry, ...more] = await audited(id);
    expect([JSON.parse(entry?.event_metadata ?? ''), more]).toMatchObject([
      { changedFields: ['name', 'slug', 'defaultMembershipRole'], settings: { slug, authEnforced: false } },
      [],
    ]);
    expect((await change(id, { bypassOrgAuthEnabled: true, userTokenExpiration: '12h' })).body.organization).toEqual({
      ...answer.body.organization,
      bypassOrgAuthEnabled: true,
      userTokenExpiration: '12h',
    });
  });

  it('stay unchanged and unaudited after a change that changes nothing', async () => {
    const id = await addOrganization(server, boot);
    const before = await read(id);
    clock.advanceSeconds(60);
    const same = { name: before.name, slug: before.slug, authEnforced: false };
    for (const json of [{}, same]) expect((await change(id, json)).body.organization).toEqual(before);
    expect(await audited(id)).toEqual([]);
  });

  it.each([
    { name: '' },
    { name: 'x'.repeat(256) },
    { name: null },
    { slug: 'Not A Slug' },
    { slug: 'admin' },
    { authEnforced: 'true' },
    { bypassOrgAuthEnabled: 1 },
    { defaultMembershipRoleSlug: 'owner' },
    { userTokenExpiration: '4m' },
    { userTokenExpiration: '0d' },
    { userTokenExpiration: '366d' },
    { userTokenExpiration: '53w' },
    { userTokenExpiration: '30' },
    { userTokenExpiration: '1y' },
    { userTokenExpiration: '1.5h' },
    { userTokenExpiration: '-5h' },
  ])('refuse %j', async (json) => {
    const before = await read(boot.organizationId);
    const answer = await change(boot.organizationId, { name: 'Would change', ...json });
    expect(answer).toMatchObject({ status: 422, body: { error: 'ValidationFailure' } });
    expect(answer.body.details[0].path).toBe(Object.keys(json)[0]);
    expect(await read(boot.organizationId)).toEqual(before);
  });

  it.each(['5m', '365d', '52w', '8760h'])('accept a session lifetime of %s', async (userTokenExpiration) => {
    expect(await change(await addOrganization(server, boot), { userTokenExpiration })).toMatchObject({
      status: 200,
      body: { organization: { userTokenExpiration } },
    });
  });

  it('never accept a taken slug, however many requests come at once', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => addOrganization(server, boot)));
    const slug = `wanted-${randomUUID()}`;
    const answers = await Promise.all(ids.map(async (id) => change(id, { slug, name: 'Renamed' })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    expect(answers.filter(({ body }) => body.code === 'slug_taken')).toHaveLength(3);
    const names = await Promise.all(ids.map(async (id) => (await read(id)).name));
    expect(names.filter((name) => name === 'Renamed')).toHaveLength(1);
  });

  it('keep the slugs of operator-configured domains from tenants', async () => {
    const id = await addOrganization(server, boot);
    const admin = await addMember(server, boot, { organizationId: id, role: 'admin' });
    expect(await change(id, { slug: 'vouched' }, admin.token)).toMatchObject({
      status: 409,
      body: { code: 'slug_taken' },
    });
    expect((await change(id, { slug: 'kept' })).status).toBe(200);
    expect((await change(id, { slug: `free-${randomUUID()}` }, admin.token)).status).toBe(403);
    expect((await change(id, { slug: 'kept', name: 'Still kept' }, admin.token)).status).toBe(200);
  });

  it('can be changed by admins only, and other organizations look unknown', async () => {
    const id = await addOrganization(server, boot);
    const admin = await addMember(server, boot, { organizationId: id, role: 'admin' });
    const member = await addMember(server, boot, { organizationId: id, role: 'member' });
    const machine = await addMachine(server, boot, { organizationId: id, role: 'admin' });
    const machineToken = (await logIn(server, machine)).body.accessToken;
    expect(await change(id, { name: 'Mine' }, member.token)).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    expect((await change(id, { name: 'Mine' }, admin.token)).status).toBe(200);
    expect((await change(id, { name: 'Its' }, machineToken)).status).toBe(200);
    const foreign = await change(boot.organizationId, { name: 'Theirs' }, admin.token);
    const unknown = await change(randomUUID(), { name: 'Nobody' }, admin.token);
    expect(foreign.status).toBe(404);
    expect(withoutRequestId(foreign)).toBe(withoutRequestId(unknown));
  });

  it('H255: do not enforce single sign-on before a sign-in through an active connection succeeded', async () => {
    const id = await addOrganization(server, boot);
    const answer = await change(id, { authEnforced: true, name: 'Enforced' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'BadRequest', code: 'enforcement_needs_config' } });
    expect(await read(id)).toMatchObject({ authEnforced: false, name: expect.not.stringMatching('Enforced') });
  });
});
