import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { addMachine, addMember, addPerson, logIn, type Person } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { beforeItsEnd, holdTransactions } from '../support/held-transactions.ts';
import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import {
  type SceneOrganization,
  beginSignIn,
  hasSession,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import type { Answer } from '../support/server.ts';
import { movedMembers } from '../support/moved-members.ts';

const orders = ['admitted first', 'taken away first'] as const;
type Order = (typeof orders)[number];

describe.each(engines)('a sign-in while its preconditions change (%s)', (engine) => {
  const holder = holdTransactions();
  const { own } = movedMembers(() => scene);

  const scene = useLoginScene(engine, {}, { standBefore: holder.standBefore });

  const asAdmin = (path: string, options: object): Promise<Answer> =>
    scene.server.call(path, { token: scene.boot.token, ...options });

  /** Runs two requests of which the first waits just before it commits, until the second has met it. */
  async function inOrder<First, Second>(
    first: () => Promise<First>,
    second: () => Promise<Second>,
    before: RegExp = beforeItsEnd,
  ): Promise<[First, Second]> {
    const held = holder.hold(before);
    const one = first();
    await Promise.race([held.reached, one]);
    const two = second();
    await holder.untilAnsweredOrWaiting(two);
    held.release();
    return Promise.all([one, two]);
  }

  async function race<Admitted, Taken>(
    order: Order,
    { admit, takeAway }: { admit: () => Promise<Admitted>; takeAway: () => Promise<Taken> },
  ): Promise<{ admitted: Admitted; taken: Taken }> {
    if (order === 'admitted first') {
      const [admitted, taken] = await inOrder(admit, takeAway);
      return { admitted, taken };
    }
    const [taken, admitted] = await inOrder(takeAway, admit);
    return { admitted, taken };
  }

  /** Whether the browser's session, if it was given one, still gives access tokens. */
  const isSignedIn = async (browser: BrowserClient): Promise<boolean> =>
    hasSession(browser) && (await readToken(scene, browser)).status === 200;

  /** An organization in which a user has signed in: the first sign-in writes to the connection, and the others do not. */
  async function newOrganization(config = {}): Promise<SceneOrganization> {
    const organization = await scene.addOrganization({ config });
    await (await returning(organization)).finish();
    return organization;
  }

  /** A member whose browser is about to bring the callback of a sign-in. */
  async function returning(organization: SceneOrganization, claims: Record<string, unknown> = {}) {
    organization.idp.setClaims({ sub: randomUUID(), email: `${randomUUID()}@acme.example`, ...claims });
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    return { browser, finish: () => browser.visit(callback) };
  }

  it.each(orders)('H332: gets no session after the connection changed and ended its sessions (%s)', async (order) => {
    const organization = await newOrganization();
    const { browser, finish } = await returning(organization);
    const change = { endSessions: true, allowedEmailDomains: 'other.example' };
    const { taken } = await race(order, { admit: finish, takeAway: () => scene.changeConfig(organization, change) });
    expect([taken.status, await isSignedIn(browser)]).toEqual([200, false]);
  });

  it.each(orders)('H332: gets no session after the connection was deleted (%s)', async (order) => {
    const organization = await newOrganization();
    const { browser, finish } = await returning(organization);
    const { taken } = await race(order, { admit: finish, takeAway: () => scene.deleteConfig(organization) });
    expect([taken.status, await isSignedIn(browser)]).toEqual([200, false]);
  });

  it.each(orders)('H332: gets no session after its member was deactivated (%s)', async (order) => {
    const organization = await newOrganization();
    const claims = { sub: 'dora', email: 'dora@acme.example' };
    organization.idp.setClaims(claims);
    await signIn(scene, { organization });
    const { id } = await membershipOf(organization, claims.email);
    const { browser, finish } = await returning(organization, claims);
    const url = `/api/v2/organizations/${organization.id}/memberships/${id}`;
    const { taken } = await race(order, {
      admit: finish,
      takeAway: () => asAdmin(url, { method: 'PATCH', json: { isActive: false } }),
    });
    expect([taken.status, await isSignedIn(browser)]).toEqual([200, false]);
  });

  it('H332: does not join a group by the name that the group had', async () => {
    const organization = await newOrganization({ manageGroupMemberships: true });
    const json = { name: 'Staff', organizationId: organization.id, role: 'admin' };
    const { body } = await asAdmin('/api/v1/groups', { json });
    const { finish } = await returning(organization, { groups: ['Staff'] });
    await inOrder(
      () => asAdmin(`/api/v1/groups/${body.id}`, { method: 'PATCH', json: { name: 'Owners', slug: 'owners' } }),
      finish,
    );
    const members = scene.server.database.db.selectFrom('group_memberships').select('user_id');
    expect(await members.where('group_id', '=', body.id).execute()).toEqual([]);
  });

  it('H332: does not accept an invitation of a removed admin', async () => {
    const organization = await newOrganization();
    await addPerson(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const sender = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const domain = `${randomUUID()}.example`;
    await own(organization.id, domain);
    const email = `invited@${domain}`;
    const invited = await scene.server.call(`/api/v1/organization/${organization.id}/invitations`, {
      token: sender.token,
      json: { email, role: 'admin' },
    });
    expect(invited.status).toBe(200);
    const { id } = await membershipOf(organization, sender.email);
    const { finish } = await returning(organization, { email, email_verified: true });
    await inOrder(
      () => asAdmin(`/api/v2/organizations/${organization.id}/memberships/${id}`, { method: 'DELETE' }),
      finish,
    );
    const roles = scene.server.database.db.selectFrom('memberships').select('role').where('email_key', '=', email);
    expect((await roles.execute()).filter(({ role }) => role === 'admin')).toEqual([]);
  });

  it('H332: links no account by a domain that was deleted', async () => {
    const organization = await newOrganization();
    const domain = `${randomUUID()}.example`;
    await own(organization.id, domain);
    const { id } = await scene.server.database.db
      .selectFrom('email_domains')
      .select('id')
      .where('domain', '=', domain)
      .executeTakeFirstOrThrow();
    const member = await addPerson(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const email = `admin@${domain}`;
    await scene.server.database.transaction(async (tx) => {
      await tx.updateTable('users').set({ email, email_key: email }).where('id', '=', member.userId).execute();
      await tx.updateTable('memberships').set({ email_key: email }).where('id', '=', member.membershipId).execute();
    });
    const { browser, finish } = await returning(organization, { email, email_verified: true });
    const [given] = await inOrder(() => asAdmin(`/api/v1/email-domains/${id}`, { method: 'DELETE' }), finish);
    expect([given.status, hasSession(browser)]).toEqual([200, false]);
  });

  async function membershipOf(organization: SceneOrganization, email: string): Promise<{ id: string }> {
    const query = scene.server.database.db.selectFrom('memberships').select('id').where('email_key', '=', email);
    return query.where('organization_id', '=', organization.id).executeTakeFirstOrThrow();
  }

  describe('selecting an organization', () => {
    const select = (token: string, organizationId: string) =>
      scene.server.call('/api/v3/auth/select-organization', { token, json: { organizationId } });
    const isGood = async (answer: Answer): Promise<boolean> =>
      answer.status === 200 &&
      (await scene.server.call('/api/v1/auth/checkAuth', { method: 'POST', token: answer.body.token })).status === 200;

    async function newMember(): Promise<Person & { organizationId: string }> {
      const { id: organizationId } = await scene.addOrganization();
      const member = await addMember(scene.server, scene.boot, { organizationId, role: 'member' });
      return { ...member, organizationId };
    }

    it.each(orders)('H333: starts no session after its owner ended them all (%s)', async (order) => {
      const { looseToken, organizationId } = await newMember();
      const { admitted, taken } = await race(order, {
        admit: () => select(looseToken, organizationId),
        takeAway: () => scene.server.call('/api/v2/users/me/sessions', { method: 'DELETE', token: looseToken }),
      });
      expect([taken.status, await isGood(admitted)]).toEqual([200, false]);
    });

    it.each(orders)("H333: starts no session after an admin ended everyone's sessions (%s)", async (order) => {
      const { token, organizationId } = await newMember();
      const url = `/api/v1/organization/${organizationId}/sessions?everyone=true`;
      const { admitted, taken } = await race(order, {
        admit: () => select(token, organizationId),
        takeAway: () => asAdmin(url, { method: 'DELETE' }),
      });
      expect([taken.status, await isGood(admitted)]).toEqual([200, false]);
    });
  });

  it.each(orders)('H333: a refreshed session ends when its owner ended it (%s)', async (order) => {
    const organization = await newOrganization();
    const { browser, finish } = await returning(organization);
    await finish();
    const { token } = await readToken(scene, browser);
    const refresh = () => readToken(scene, browser);
    const end = () => scene.server.call('/api/v2/users/me/sessions', { method: 'DELETE', token });
    const [first, second] = order === 'admitted first' ? [refresh, end] : [end, refresh];
    await inOrder<unknown, unknown>(first, second, order === 'admitted first' ? /update "sessions"/ : beforeItsEnd);
    expect(await isSignedIn(browser)).toBe(false);
    const types = scene.server.database.db.selectFrom('audit_events').select('event_type');
    const reuse = await types
      .where('organization_id', '=', organization.id)
      .where('event_type', '=', 'refresh-token-reuse')
      .execute();
    expect(reuse).toEqual([]);
  });

  describe('a machine token', () => {
    async function newMachine() {
      const { id: organizationId } = await scene.addOrganization();
      const machine = await addMachine(scene.server, scene.boot, { organizationId, role: 'admin' });
      const url = `/api/v1/auth/universal-auth/identities/${machine.identityId}`;
      const { body } = await asAdmin(`${url}/client-secrets`, {});
      const revokeUrl = `${url}/client-secrets/${body.clientSecretData[0].id}/revoke`;
      const takeAways = {
        'its client secret was revoked': () => asAdmin(revokeUrl, { method: 'POST', json: {} }),
        'its universal auth was removed': () => asAdmin(url, { method: 'DELETE' }),
        'its identity was deleted': () => asAdmin(`/api/v1/identities/${machine.identityId}`, { method: 'DELETE' }),
      };
      return { machine, takeAways };
    }
    const isAccepted = async (answer: Answer): Promise<boolean> =>
      answer.status === 200 &&
      (await scene.server.call('/api/v1/identities/details', { token: answer.body.accessToken })).status === 200;

    const ways = [
      'its client secret was revoked',
      'its universal auth was removed',
      'its identity was deleted',
    ] as const;
    const cases = ways.flatMap((way) => orders.map((order) => [way, order] as const));

    it.each(cases)('H334: is not valid after a login and %s (%s)', async (way, order) => {
      const { machine, takeAways } = await newMachine();
      const { admitted, taken } = await race(order, {
        admit: () => logIn(scene.server, machine),
        takeAway: takeAways[way],
      });
      expect([taken.status, await isAccepted(admitted)]).toEqual([200, false]);
      expect([200, 401, 403]).toContain(admitted.status);
    });

    it.each(cases)('H334: is not renewed after %s (%s)', async (way, order) => {
      const { machine, takeAways } = await newMachine();
      const { accessToken } = (await logIn(scene.server, machine)).body;
      const { admitted, taken } = await race(order, {
        admit: () => scene.server.call('/api/v1/auth/token/renew', { json: { accessToken } }),
        takeAway: takeAways[way],
      });
      expect([taken.status, await isAccepted(admitted)]).toEqual([200, false]);
      expect(admitted.status).toBe(order === 'admitted first' ? 200 : 403);
    });
  });

  it.each(orders)('H334: a break-glass session ends when its admin is deactivated (%s)', async (order) => {
    const organization = await newOrganization();
    const { id: organizationId, slug: organizationSlug } = organization;
    await addPerson(scene.server, scene.boot, { organizationId, role: 'admin' });
    const admin = await addMember(scene.server, scene.boot, { organizationId, role: 'admin' });
    const { id } = await membershipOf(organization, admin.email);
    const codesUrl = `/api/v1/organization/${organizationId}/break-glass-codes`;
    const { body } = await scene.server.call(codesUrl, { method: 'POST', token: admin.token });
    const use = { organizationSlug, email: admin.email, code: body.codes[0] };
    const { admitted, taken } = await race(order, {
      admit: () => scene.server.call('/api/v1/auth/break-glass', { json: use }),
      takeAway: () =>
        asAdmin(`/api/v2/organizations/${organizationId}/memberships/${id}`, {
          method: 'PATCH',
          json: { isActive: false },
        }),
    });
    const token: string = admitted.body.accessToken ?? 'none';
    const check = await scene.server.call('/api/v1/auth/checkAuth', { method: 'POST', token });
    expect([taken.status, check.status]).toEqual([200, 403]);
  });
});
