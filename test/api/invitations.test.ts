import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Tx } from '../../src/storage/database.ts';
import { addMachine, addMember, addOrganization, addPerson, logIn, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { invitationsUrl, invite, invitedBy } from '../support/invitations.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

const daySeconds = 86_400;
const newAddress = () => `guest-${randomUUID()}@guests.example`;

describe.each(engines)('the invitation endpoints (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;
  let organizationId: string;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    boot = await bootstrap(server);
    organizationId = await addOrganization(server, boot);
  });
  afterAll(async () => {
    await server.close();
  });

  const admin = () => ({ token: boot.token, organizationId });
  const post = async (json: unknown, token = boot.token, id = organizationId) =>
    server.call(invitationsUrl(id), { token, json });
  const list = async (query = '', id = organizationId) =>
    (await server.call(`${invitationsUrl(id)}${query}`, { token: boot.token })).body;
  const revoke = async (id: string) =>
    server.call(invitationsUrl(organizationId, `/${id}`), { method: 'DELETE', token: boot.token });
  const renew = async (id: string, json: object = {}) =>
    server.call(invitationsUrl(organizationId, `/${id}/renew`), { token: boot.token, json });
  const audited = async (id: string) => {
    const rows = await server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('event_type', 'like', 'invitation-%')
      .orderBy('sequence')
      .execute();
    return rows.filter((row) => JSON.parse(row.event_metadata).invitationId === id).map((row) => row.event_type);
  };

  it('return all fields and a link, which is stored hashed', async () => {
    const { status, body } = await post({ email: 'Guest.One@Guests.Example', role: 'admin', expiresInDays: 3 });
    expect(status).toBe(200);
    expect(body.invitation).toEqual({
      id: body.invitation.id,
      orgId: organizationId,
      email: 'Guest.One@Guests.Example',
      role: 'admin',
      groupIds: [],
      status: 'invited',
      invitedBy: { type: 'identity', id: expect.any(String), name: 'Instance admin' },
      mailStatus: 'none',
      warnings: [{ code: 'sign_in_unavailable', message: expect.stringContaining('no active OIDC configuration') }],
      acceptedUserId: null,
      createdAt: new Date(clock.nowMs()).toISOString(),
      updatedAt: new Date(clock.nowMs()).toISOString(),
      expiresAt: new Date(clock.nowMs() + 3 * daySeconds * 1000).toISOString(),
    });
    const { token } = invitedBy({ status, body } as never);
    expect(body.link).toBe(`${server.url}/invitation?token=${token}`);
    expect(token).toMatch(/^[\w-]{43}$/);
    for (const table of ['invitations', 'audit_events'] as const) {
      const rows = await server.database.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(token);
    }
    expect(await audited(body.invitation.id)).toEqual(['invitation-create']);
  });

  it('default to the role of new members and one week', async () => {
    const { body } = await post({ email: newAddress() });
    const expiresAt = new Date(clock.nowMs() + 7 * daySeconds * 1000).toISOString();
    expect(body.invitation).toMatchObject({ role: 'member', expiresAt });
  });

  it('allow one open invitation per address, in any spelling', async () => {
    const email = newAddress();
    const { id } = await invite(server, admin(), { email, expiresInDays: 1 });
    expect((await post({ email: email.toUpperCase() })).body.code).toBe('invitation_exists');
    await revoke(id);
    const second = await invite(server, admin(), { email, expiresInDays: 1 });
    clock.advanceSeconds(daySeconds);
    const third = await invite(server, admin(), { email });
    const found = await list(`?limit=100`);
    const statusOf = (wanted: string) =>
      found.invitations.find((row: { id: string }) => row.id === wanted).status as string;
    expect([id, second.id, third.id].map(statusOf)).toEqual(['revoked', 'expired', 'invited']);
  });

  it('allow one invitation per address even if twenty are sent at once', async () => {
    const email = newAddress();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => post({ email })));
    const codes = answers.map(({ status, body }) => (status === 200 ? 200 : body.code));
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set([200, 'invitation_exists']));
  });

  it.each([
    ['a string that is not an address', { email: 'guest' }],
    ['a line break in an address', { email: 'guest@guests.example\r\nBcc: all@guests.example' }],
    ['a second address', { email: 'guest@guests.example,other@guests.example' }],
    ['a name before the address', { email: 'Guest <guest@guests.example>' }],
    ['a NUL', { email: 'guest\0@guests.example' }],
    ['a lone surrogate', { email: '\ud800@guests.example' }],
    ['no address', {}],
    ['a list', { email: ['guest@guests.example'] }],
    ['another role', { email: 'guest@guests.example', role: 'owner' }],
    ['no day', { email: 'guest@guests.example', expiresInDays: 0 }],
    ['too many days', { email: 'guest@guests.example', expiresInDays: 31 }],
    ['too many groups', { email: 'guest@guests.example', groupIds: Array.from({ length: 101 }, () => randomUUID()) }],
  ])('are refused with %s', async (_name, json) => {
    const before = await list();
    expect(await post(json)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect((await list()).totalCount).toBe(before.totalCount);
  });

  it('reject an invitation to a member, even a deactivated one', async () => {
    const { email, membershipId } = await addPerson(server, boot, { organizationId, role: 'member' });
    expect(await post({ email })).toMatchObject({ status: 409, body: { code: 'invitation_of_member' } });
    const url = `/api/v2/organizations/${organizationId}/memberships/${membershipId}`;
    await server.call(url, { method: 'PATCH', token: boot.token, json: { isActive: false } });
    expect((await post({ email })).body.code).toBe('invitation_of_member');
  });

  it('accept only groups of the organization, and none while the provider manages them', async () => {
    const own = await addOrganization(server, boot);
    const groupOf = async (id: string) => {
      const json = { name: randomUUID(), organizationId: id };
      return (await server.call('/api/v1/groups', { token: boot.token, json })).body.id as string;
    };
    const [mine, foreign] = [await groupOf(own), await groupOf(organizationId)];
    const invitation = await post({ email: newAddress(), groupIds: [mine, mine] }, boot.token, own);
    expect(invitation.body.invitation.groupIds).toEqual([mine]);
    for (const groupIds of [[foreign], [mine, randomUUID()], ['nothing'], ['\0']]) {
      const answer = await post({ email: newAddress(), groupIds }, boot.token, own);
      expect([answer.status, answer.body.code]).toEqual([404, 'group_not_found']);
    }
    const json = { ...customConfig(own), isActive: true, manageGroupMemberships: true };
    await server.call(configUrl, { token: boot.token, json });
    const refused = await post({ email: newAddress(), groupIds: [mine] }, boot.token, own);
    expect([refused.status, refused.body.code]).toEqual([400, 'group_managed_by_idp']);
  });

  it('renew an invitation with a new link, in the name of the renewing admin', async () => {
    const { id, token } = await invite(server, admin(), { email: newAddress(), expiresInDays: 1 });
    clock.advanceSeconds(2 * daySeconds);
    const person = await addMember(server, boot, { organizationId, role: 'admin' });
    const url = invitationsUrl(organizationId, `/${id}/renew`);
    const answer = await server.call(url, { token: person.token, json: { expiresInDays: 2 } });
    expect(answer.body.invitation).toMatchObject({
      status: 'invited',
      invitedBy: { type: 'user', id: person.userId, name: person.email },
      expiresAt: new Date(clock.nowMs() + 2 * daySeconds * 1000).toISOString(),
    });
    expect(invitedBy(answer).token).not.toBe(token);
    expect(await audited(id)).toEqual(['invitation-create', 'invitation-renew']);
  });

  it('revoke an invitation once', async () => {
    const { id } = await invite(server, admin(), { email: newAddress() });
    expect((await revoke(id)).body.invitation.status).toBe('revoked');
    for (const answer of [await revoke(id), await renew(id)]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'invitation_closed']);
    }
    expect(await audited(id)).toEqual(['invitation-create', 'invitation-revoke']);
  });

  it('list invitations in pages, newest first, and filter them by status', async () => {
    const own = await addOrganization(server, boot);
    const made = [];
    for (let index = 0; index < 5; index += 1) {
      clock.advanceSeconds(1);
      made.unshift((await invite(server, { token: boot.token, organizationId: own }, { email: newAddress() })).id);
    }
    const page = await list('?offset=1&limit=2', own);
    expect(page.totalCount).toBe(5);
    expect(page.invitations.map(({ id }: { id: string }) => id)).toEqual(made.slice(1, 3));
    clock.advanceSeconds(8 * daySeconds);
    await invite(server, { token: boot.token, organizationId: own }, { email: newAddress() });
    expect((await list('?status=invited', own)).totalCount).toBe(1);
    expect((await list('?status=expired', own)).totalCount).toBe(5);
    expect((await list('?status=accepted', own)).totalCount).toBe(0);
    expect((await list('?status=invited', own)).invitations[0]).not.toHaveProperty('link');
  });

  it('H220: hide invitations of another organization', async () => {
    const { id } = await invite(server, admin(), { email: newAddress() });
    const other = await addOrganization(server, boot);
    const machine = await addMachine(server, boot, { organizationId: other, role: 'admin' });
    const { accessToken: token } = (await logIn(server, machine)).body;
    const ask = async (invitationId: string) =>
      server.call(invitationsUrl(other, `/${invitationId}`), { method: 'DELETE', token });
    const foreign = withoutRequestId(await ask(id));
    expect(foreign).toContain('invitation_not_found');
    expect(withoutRequestId(await ask(randomUUID()))).toBe(foreign);
    expect(withoutRequestId(await ask('%00'))).toBe(foreign);
  });

  it('enforce the limit, even for concurrent requests', async () => {
    const own = await addOrganization(server, boot);
    const nowMs = clock.nowMs();
    await server.database.transaction(async (tx) => {
      for (let index = 0; index < 995; index += 1) {
        const email = `${index}@full.example`;
        await tx
          .insertInto('invitations')
          .values({
            id: randomUUID(),
            organization_id: own,
            email,
            email_key: email,
            role: 'member',
            group_ids: '[]',
            status: 'invited',
            token_hash: randomUUID(),
            inviter_kind: 'user',
            inviter_id: randomUUID(),
            inviter_name: '',
            mail_id: null,
            accepted_user_id: null,
            created_at: nowMs,
            updated_at: nowMs,
            expires_at: nowMs + 1,
          })
          .execute();
      }
    });
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => post({ email: newAddress() }, boot.token, own)),
    );
    const codes = answers.map(({ status, body }) => (status === 200 ? 200 : body.code));
    expect(codes.filter((code) => code === 200)).toHaveLength(5);
    expect(codes.filter((code) => code === 'limit_reached')).toHaveLength(5);
    // Expired invitations do not count.
    clock.advanceSeconds(1);
    expect((await post({ email: newAddress() }, boot.token, own)).status).toBe(200);
  });

  it('H349: do not renew beyond the limit, nor for an address that a member has now', async () => {
    const own = await addOrganization(server, boot);
    const late = await invite(
      server,
      { token: boot.token, organizationId: own },
      { email: newAddress(), expiresInDays: 1 },
    );
    const { email } = await addPerson(server, boot, { organizationId: own, role: 'member' });
    const { id: ofMember } = await invite(server, { token: boot.token, organizationId: own }, { email: newAddress() });
    const change = (tx: Tx) =>
      tx.updateTable('invitations').set({ email, email_key: email }).where('id', '=', ofMember).execute();
    await server.database.transaction(change);
    const renewOf = async (id: string) =>
      server.call(invitationsUrl(own, `/${id}/renew`), { token: boot.token, json: {} });
    expect((await renewOf(ofMember)).body.code).toBe('invitation_of_member');
    clock.advanceSeconds(2 * daySeconds);
    await server.database.transaction(async (tx) => {
      const [row] = await tx.selectFrom('invitations').selectAll().where('id', '=', late.id).execute();
      if (row === undefined) throw new Error('it was made a moment ago');
      const expires_at = clock.nowMs() + 1000;
      for (let count = 0; count < 1000; count += 1) {
        const ids = { id: randomUUID(), token_hash: randomUUID(), email_key: newAddress() };
        await tx
          .insertInto('invitations')
          .values({ ...row, ...ids, expires_at })
          .execute();
      }
    });
    expect((await renewOf(late.id)).body.code).toBe('limit_reached');
    clock.advanceSeconds(2);
    expect((await renewOf(late.id)).status).toBe(200);
  });
});
