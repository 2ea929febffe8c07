import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember, addOrganization, type Person, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('the membership endpoints (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let acme: string;
  let admin: Person;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    acme = await addOrganization(server, boot);
    admin = await addMember(server, boot, { organizationId: acme, role: 'admin' });
  });
  afterAll(async () => {
    await server.close();
  });

  const urlOf = (organizationId: string) => `/api/v2/organizations/${organizationId}/memberships`;

  async function list(organizationId: string, query = ''): Promise<Answer> {
    return server.call(`${urlOf(organizationId)}${query}`, { token: boot.token });
  }

  async function membershipOf(organizationId: string, { userId }: Person) {
    const { body } = await list(organizationId);
    return body.users.find((membership: { userId: string }) => membership.userId === userId);
  }

  async function change(organizationId: string, person: Person, json: object, token = boot.token): Promise<Answer> {
    const { id } = await membershipOf(organizationId, person);
    return server.call(`${urlOf(organizationId)}/${id}`, { method: 'PATCH', token, json });
  }

  async function remove(organizationId: string, membershipIds: unknown, token = boot.token): Promise<Answer> {
    return server.call(urlOf(organizationId), { method: 'DELETE', token, json: { membershipIds } });
  }

  async function addGroup(organizationId: string, role: string, ...members: Person[]): Promise<string> {
    const json = { name: `Group ${randomUUID()}`, role, organizationId };
    const { body } = await server.call('/api/v1/groups', { token: boot.token, json });
    for (const { email } of members) {
      await server.call(`/api/v1/groups/${body.id}/users/${email}`, { method: 'POST', token: boot.token });
    }
    return body.id;
  }

  const liveSessions = async ({ userId }: Person, organizationId: string | null) => {
    const query = server.database.db.selectFrom('sessions').select('id').where('user_id', '=', userId);
    const live = query.where('ended_at', 'is', null);
    return (await live.where('organization_id', organizationId === null ? 'is' : '=', organizationId).execute()).length;
  };

  const events = async (organizationId: string) => {
    const query = server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('organization_id', '=', organizationId)
      .where('event_type', 'like', 'membership-%')
      .orderBy('sequence');
    return (await query.execute()).map((row) => [row.event_type, JSON.parse(row.event_metadata)]);
  };

  it('list members with exactly the documented fields', async () => {
    const { status, body } = await list(acme);
    expect([status, body.totalCount]).toEqual([200, 1]);
    expect(body.users).toEqual([
      {
        id: expect.any(String),
        role: 'admin',
        ownRole: 'admin',
        status: 'accepted',
        inviteEmail: null,
        userId: admin.userId,
        orgId: acme,
        isActive: true,
        lastLoginAuthMethod: null,
        lastLoginTime: null,
        user: {
          id: admin.userId,
          username: admin.email,
          email: admin.email,
          firstName: expect.any(String),
          lastName: expect.any(String),
          isEmailVerified: expect.any(Boolean),
        },
      },
    ]);
  });

  it('find members by role, status and text, in pages with the total count', async () => {
    const organizationId = await addOrganization(server, boot);
    await addMember(server, boot, { organizationId, role: 'admin' });
    const member = await addMember(server, boot, { organizationId, role: 'member' });
    const promoted = await addMember(server, boot, { organizationId, role: 'no-access' });
    const nobody = await addMember(server, boot, { organizationId, role: 'no-access' });
    await addGroup(organizationId, 'admin', promoted);
    await addGroup(organizationId, 'no-access', nobody);
    await change(organizationId, nobody, { isActive: false });
    const found = async (query: string) => {
      const { body } = await list(organizationId, query);
      expect(body.users.length).toBeLessThanOrEqual(body.totalCount);
      return [body.totalCount, body.users.map(({ userId }: { userId: string }) => userId)];
    };
    expect((await found('?role=admin'))[0]).toBe(2);
    expect(await found('?role=member')).toEqual([1, [member.userId]]);
    expect(await found('?role=no-access')).toEqual([1, [nobody.userId]]);
    expect(await found('?isActive=false')).toEqual([1, [nobody.userId]]);
    expect((await found('?isActive=true&status=accepted'))[0]).toBe(3);
    expect(await found('?status=invited')).toEqual([0, []]);
    expect(await found(`?search=${promoted.email.toUpperCase()}`)).toEqual([1, [promoted.userId]]);
    expect((await found('?search=%25'))[0]).toBe(0);
    const pages = [...(await found('?limit=2'))[1], ...(await found('?offset=2&limit=2'))[1]];
    expect(new Set(pages).size).toBe(4);
    expect(await found('?offset=4')).toEqual([4, []]);
    expect(await membershipOf(organizationId, promoted)).toMatchObject({ role: 'admin', ownRole: 'no-access' });
  });

  it.each(['?limit=0', '?limit=1001', '?offset=-1', '?role=owner', '?status=x', '?isActive=maybe'])(
    'H239: reject a page of %s',
    async (query) => {
      expect((await list(acme, query)).status).toBe(422);
    },
  );

  it("H232, H285: change a member's role, which takes effect at once", async () => {
    const member = await addMember(server, boot, { organizationId: acme, role: 'member' });
    const json = { name: 'Theirs' };
    expect((await server.call('/api/v1/groups', { token: member.token, json })).status).toBe(403);
    const answer = await change(acme, member, { role: 'admin' }, admin.token);
    expect(answer).toMatchObject({ status: 200, body: { membership: { role: 'admin', isActive: true } } });
    expect((await server.call('/api/v1/groups', { token: member.token, json })).status).toBe(200);
    expect(await liveSessions(member, acme)).toBe(1);
    const metadata = {
      userId: member.userId,
      userEmail: member.email,
      role: 'admin',
      isActive: true,
      endedSessions: 0,
    };
    expect((await events(acme)).at(-1)).toEqual([
      'membership-update',
      { membershipId: expect.any(String), ...metadata },
    ]);
  });

  it('H285: deactivate a member and end their sessions of this organization, and no others', async () => {
    const member = await addMember(server, boot, { organizationId: acme, role: 'member' });
    expect(await change(acme, member, { isActive: false })).toMatchObject({
      body: { membership: { isActive: false } },
    });
    expect([await liveSessions(member, acme), await liveSessions(member, null)]).toEqual([0, 1]);
    expect(await server.call(urlOf(acme), { token: member.token })).toMatchObject({ body: { code: 'token_invalid' } });
    const again = { token: member.looseToken, json: { organizationId: acme } };
    expect((await server.call('/api/v3/auth/select-organization', again)).status).toBe(404);
    await change(acme, member, { isActive: true });
    expect((await server.call(urlOf(acme), { token: member.token })).body.code).toBe('token_invalid');
    expect((await server.call('/api/v3/auth/select-organization', again)).status).toBe(200);
  });

  it('audit nothing for a change that changes nothing', async () => {
    const before = await events(acme);
    expect((await change(acme, admin, {})).status).toBe(200);
    expect((await change(acme, admin, { role: 'admin', isActive: true, unknown: 1 })).status).toBe(200);
    expect(await events(acme)).toEqual(before);
  });

  it.each([{ role: 'owner' }, { role: null }, { isActive: 'false' }, { isActive: 0 }, []])(
    'reject the change %j',
    async (json) => {
      expect((await change(acme, admin, json)).status).toBe(422);
    },
  );

  it('H285: remove one or several members with their groups and sessions', async () => {
    const people = [];
    for (let count = 0; count < 3; count += 1) {
      people.push(await addMember(server, boot, { organizationId: acme, role: 'member' }));
    }
    const [one, two, three] = people as [Person, Person, Person];
    const group = await addGroup(acme, 'member', one, two, three);
    const { id } = await membershipOf(acme, one);
    const single = await server.call(`${urlOf(acme)}/${id}`, { method: 'DELETE', token: boot.token });
    expect(single).toMatchObject({ status: 200, body: { membership: { id, userId: one.userId } } });
    const ids = [(await membershipOf(acme, two)).id, (await membershipOf(acme, three)).id];
    const several = await remove(acme, [...ids, ids[0]]);
    const removed = several.body.memberships.map((membership: { id: string }) => membership.id);
    expect(new Set(removed)).toEqual(new Set(ids));
    expect(removed).toHaveLength(2);
    for (const person of people) {
      expect(await membershipOf(acme, person)).toBeUndefined();
      expect([await liveSessions(person, acme), await liveSessions(person, null)]).toEqual([0, 1]);
    }
    const rows = server.database.db.selectFrom('group_memberships').select('user_id').where('group_id', '=', group);
    expect(await rows.execute()).toEqual([]);
    expect((await events(acme)).slice(-3).map(([type]) => type)).toEqual(
      Array.from({ length: 3 }, () => 'membership-delete'),
    );
  });

  it('remove all named members or none', async () => {
    const other = await addOrganization(server, boot);
    const stranger = await addMember(server, boot, { organizationId: other, role: 'member' });
    const member = await addMember(server, boot, { organizationId: acme, role: 'member' });
    const mine = (await membershipOf(acme, member)).id;
    const before = await events(acme);
    for (const wrong of [(await membershipOf(other, stranger)).id, randomUUID(), 'nonsense', mine.toUpperCase()]) {
      expect(await remove(acme, [mine, wrong])).toMatchObject({ status: 404, body: { code: 'membership_not_found' } });
    }
    expect((await remove(acme, [])).status).toBe(422);
    expect((await remove(acme, mine)).status).toBe(422);
    expect(
      (
        await remove(
          acme,
          Array.from({ length: 1001 }, () => mine),
        )
      ).status,
    ).toBe(422);
    expect(await membershipOf(acme, member)).toBeDefined();
    expect(await membershipOf(other, stranger)).toBeDefined();
    expect(await events(acme)).toEqual(before);
  });

  it('H220: hide members of another organization, whatever their identifier', async () => {
    const other = await addOrganization(server, boot);
    const stranger = await addMember(server, boot, { organizationId: other, role: 'member' });
    const { id } = await membershipOf(other, stranger);
    const answers = [];
    for (const membershipId of [id, randomUUID(), 'nonsense', '%00']) {
      for (const method of ['PATCH', 'DELETE']) {
        const options = { method, token: admin.token, json: { role: 'admin' } };
        answers.push(await server.call(`${urlOf(acme)}/${membershipId}`, options));
      }
    }
    expect(new Set(answers.map(withoutRequestId)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'membership_not_found' } });
    const elsewhere = await server.call(`${urlOf(other)}/${id}`, { method: 'DELETE', token: admin.token });
    expect(elsewhere.body.code).toBe('organization_not_found');
    expect((await membershipOf(other, stranger)).role).toBe('member');
  });
});
