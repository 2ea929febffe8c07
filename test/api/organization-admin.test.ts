import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createThings } from '../access/things.ts';
import { addMachine, addMember, addOrganization, logIn, signIn } from '../support/callers.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, signIn as signInByProvider, useLoginScene } from '../support/login-scene.ts';
import { bootstrap, type Bootstrapped, startTestServer, type TestServer } from '../support/server.ts';
import { readEverything } from '../support/stored-rows.ts';

const path = '/api/v2/organizations';

/** Tables that outlive an organization. */
const kept = new Set(['audit_events', 'audit_heads', 'deleted_organizations']);

describe.each(engines)('what instance admins do with organizations (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let admins: readonly string[];
  const vouched = `vouched-${randomUUID()}`;

  beforeAll(async () => {
    const settings = {
      SALLYPORT_ORGANIZATION_CREATION: 'anyone',
      SALLYPORT_VERIFIED_DOMAINS: `vouched.test:${vouched}`,
    };
    server = await startTestServer({ engine, settings });
    boot = await bootstrap(server);
    admins = [boot.token, (await signIn(server, boot.admin)).body.accessToken];
  });
  afterAll(() => server.close());

  const create = async (json: object, token = boot.token) => server.call(path, { token, json });
  const remove = async (id: string, confirm: string, token = boot.token) =>
    server.call(`${path}/${id}?confirm=${encodeURIComponent(confirm)}`, { token, method: 'DELETE' });

  it('list all organizations by name, with search and pages, as a user and as a machine identity', async () => {
    const mark = randomUUID();
    for (const name of ['C', 'A', 'B']) await create({ name: `${name} ${mark}` });
    for (const token of admins) {
      const { status, body } = await server.call(`${path}?search=${mark}&limit=2`, { token });
      expect([status, body.totalCount]).toEqual([200, 3]);
      expect(body.organizations.map(({ name }: { name: string }) => name)).toEqual([`A ${mark}`, `B ${mark}`]);
      const rest = await server.call(`${path}?search=${mark}&limit=2&offset=2`, { token });
      expect(rest.body.organizations).toMatchObject([{ name: `C ${mark}` }]);
    }
  });

  it('find one by its full slug, and see which organization has a taken slug', async () => {
    const slug = `found-${randomUUID()}`;
    const { id } = (await create({ name: 'Found', slug })).body.organization;
    const found = await server.call(`${path}?slug=${slug}`, { token: boot.token });
    expect(found.body).toMatchObject({ organizations: [{ id, slug }], totalCount: 1 });
    expect((await server.call(`${path}?slug=${slug.slice(0, -1)}`, { token: boot.token })).body.totalCount).toBe(0);
    const again = await create({ name: 'Found', slug });
    expect([again.status, again.body.code]).toEqual([409, 'slug_taken']);
    expect(again.body.message).toContain(id);
    const { token } = await addMember(server, boot, { organizationId: id, role: 'admin' });
    const other = await create({ name: 'Found', slug }, token);
    expect([other.status, other.text.includes(id)]).toEqual([409, false]);
  });

  it('is refused to every other caller, whatever they name', async () => {
    const organizationId = await addOrganization(server, boot);
    const person = await addMember(server, boot, { organizationId, role: 'admin' });
    const machine = await logIn(server, await addMachine(server, boot, { organizationId, role: 'admin' }));
    for (const token of [person.token, person.looseToken, machine.body.accessToken]) {
      expect((await server.call(path, { token })).body.code).toBe('permission_denied');
      for (const id of [organizationId, boot.organizationId, randomUUID(), 'x']) {
        expect((await remove(id, 'x', token)).body.code).toBe('permission_denied');
      }
    }
    expect((await server.call(path)).status).toBe(401);
    expect((await server.call(`${path}/${organizationId}?confirm=x`, { method: 'DELETE' })).status).toBe(401);
  });

  it('lists the roles at the path that clients expect', async () => {
    const { status, body } = await server.call('/api/v1/organization/roles', { token: boot.token });
    expect(status).toBe(200);
    expect(body.roles.map(({ slug }: { slug: string }) => slug)).toEqual(['admin', 'member', 'no-access']);
  });

  it('H385: deletes everything of an organization except its audit trail, and ends its grants at once', async () => {
    const slug = `deleted-${randomUUID()}`;
    const { id } = (await create({ name: 'Deleted & Co', slug })).body.organization;
    const other = await addOrganization(server, boot);
    const person = await addMember(server, boot, { organizationId: id, role: 'admin' });
    const both = await addMember(server, boot, { organizationId: id, role: 'member' });
    const machine = await logIn(server, await addMachine(server, boot, { organizationId: id, role: 'admin' }));
    await joinAlso(both.userId, other);
    const things = createThings(server, boot, id);
    await things.configure(true);
    await things.hook(true);
    const made = [
      things.groupId(),
      things.username(),
      things.domainId(),
      things.invitationId(),
      things.clientSecretId(),
    ];
    await Promise.all(made);

    expect((await remove(id, 'Deleted', boot.token)).body.details[0].path).toBe('confirm');
    expect((await server.call(`${path}/${id}`, { token: boot.token, method: 'DELETE' })).status).toBe(422);
    const removed = await remove(id, 'Deleted & Co', boot.token);
    expect([removed.status, removed.body.organization]).toEqual([200, expect.objectContaining({ id, slug })]);
    expect((await remove(id, slug)).body.code).toBe('organization_not_found');

    for (const [table, rows] of await readEverything(server.database)) {
      if (!kept.has(table)) expect([table, JSON.stringify(rows).includes(id)]).toEqual([table, false]);
    }
    const { db } = server.database;
    const users = await db.selectFrom('users').select('id').where('id', 'in', [person.userId, both.userId]).execute();
    expect(users).toEqual([{ id: both.userId }]);
    for (const token of [person.token, person.looseToken, machine.body.accessToken]) {
      expect((await server.call('/api/v1/groups', { token })).status).toBeGreaterThanOrEqual(401);
    }
    const trail = await server.call(`/api/v1/organization/audit-logs?organizationId=${id}`, { token: boot.token });
    const metadata = { organizationId: id, slug, members: 3, groups: 1, machineIdentities: 2, deletedUsers: 2 };
    expect(trail.body.auditLogs[0].event).toMatchObject({ type: 'organization-delete', metadata });
    const servers = await server.call('/api/v1/organization/audit-logs?scope=server&limit=1', { token: boot.token });
    expect(servers.body.auditLogs[0].event).toMatchObject({ type: 'organization-delete', metadata });
    const theirs = await server.call(`/api/v1/organization/audit-logs?organizationId=${id}`, { token: both.token });
    expect(theirs.status).toBeGreaterThanOrEqual(401);
  });

  it('H386: reserves the slug of a deleted organization for instance admins', async () => {
    const slug = `kept-${randomUUID()}`;
    const { id } = (await create({ name: 'Kept', slug })).body.organization;
    await remove(id, slug);
    const organizationId = await addOrganization(server, boot);
    const { token } = await addMember(server, boot, { organizationId, role: 'admin' });
    expect((await create({ name: 'Thief', slug }, token)).body.code).toBe('slug_taken');
    const derived = await create({ name: slug }, token);
    expect([derived.status, derived.body.organization.slug === slug]).toEqual([200, false]);
    const renamed = { token, method: 'PATCH', json: { slug } };
    expect((await server.call(`/api/v1/organization/${organizationId}`, renamed)).body.code).toBe('slug_taken');
    expect((await create({ name: 'Again', slug })).body.organization).toMatchObject({ slug });
  });

  it("does not delete the server's own identity or an organization with an operator's domain", async () => {
    const own = await remove(boot.organizationId, boot.slug);
    expect([own.status, own.body.code]).toEqual([409, 'organization_holds_server_identity']);
    const { id } = (await create({ name: 'Vouched', slug: vouched })).body.organization;
    expect((await remove(id, vouched)).body.code).toBe('organization_vouched_for');
    await server.call(`/api/v1/email-domains?organizationId=${id}`, { token: boot.token });
    const json = { slug: `renamed-${randomUUID()}` };
    await server.call(`/api/v1/organization/${id}`, { token: boot.token, method: 'PATCH', json });
    expect((await remove(id, 'Vouched')).body.code).toBe('organization_vouched_for');
    expect((await server.call(`/api/v1/organization/${id}`, { token: boot.token })).status).toBe(200);
  });

  /** Makes a user a member of another organization too. */
  async function joinAlso(userId: string, organizationId: string): Promise<void> {
    await server.database.transaction(async (tx) => {
      const row = await tx
        .selectFrom('memberships')
        .selectAll()
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      await tx
        .insertInto('memberships')
        .values({ ...row, id: randomUUID(), organization_id: organizationId })
        .execute();
    });
  }
});

describe.each(engines)('deleting an organization during sign-ins (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('H385: makes sign-ins fail without a server error and leaves nothing of them', async () => {
    const { server, boot } = scene;
    const organization = await scene.addOrganization();
    await signInByProvider(scene, { organization });
    // All have started, so that only their ends coincide with the deletion.
    const browsers = Array.from({ length: 6 }, () => openBrowser());
    const callbacks = await Promise.all(browsers.map((browser) => beginSignIn(scene, { organization, browser })));
    const ends = browsers.map(async (browser, index) => browser.visit(callbacks[index] ?? ''));
    const removed = await server.call(`${path}/${organization.id}?confirm=${organization.slug}`, {
      token: boot.token,
      method: 'DELETE',
    });
    expect(removed.status).toBe(200);
    for (const answer of await Promise.all(ends)) expect(answer.status).toBeLessThan(500);
    for (const [table, rows] of await readEverything(server.database)) {
      // Sign-ins that were rejected within the minute are counted. The next clean-up deletes the count.
      if (kept.has(table) || table === 'refused_login_attempt_counts') continue;
      expect([table, JSON.stringify(rows).includes(organization.id)]).toEqual([table, false]);
    }
  });
});
