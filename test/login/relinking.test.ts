import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  beginSignIn,
  expectRefusal,
  hasSession,
  type LoginScene,
  openLoginScene,
  readToken,
  type SceneOrganization,
  signIn,
  tamper,
} from '../support/login-scene.ts';
import type { Answer } from '../support/server.ts';
import { someTime } from '../storage/rows.ts';

const dayMs = 86_400_000;

describe.each(engines)('members whose identity provider changed (%s)', (engine) => {
  let scene: LoginScene;

  beforeAll(async () => {
    scene = await openLoginScene(engine);
  });
  afterAll(() => scene.close());

  /** An organization that owns a domain and has moved to a new provider; Alice and Bob had signed in at the old one. */
  async function openMoved() {
    const organization = await scene.addOrganization();
    const domain = `${randomUUID()}.example`;
    await own(organization.id, domain);
    const alice = { sub: '1', email: `alice@${domain}` };
    const bob = { sub: '2', email: `bob@${domain}` };
    const before = { alice: await enter(organization, alice), bob: await enter(organization, bob) };
    const { idp } = await scene.addOrganization();
    const { discoveryUrl: discoveryURL, clientSecret } = idp;
    expect((await scene.changeConfig(organization, { discoveryURL, clientSecret })).status).toBe(200);
    const moved = { ...organization, idp };
    const newAlice = { sub: 'new-1', email: alice.email };
    return { domain, alice, newAlice, bob, before, organization: moved, old: organization };
  }

  async function own(organizationId: string, domain: string): Promise<void> {
    const unused = { code_expires_at: null, last_seen_at: null, last_checked_at: null, grace_ends_at: null };
    const times = { verified_at: someTime, next_check_at: null, created_at: someTime, updated_at: someTime };
    const row = { id: randomUUID(), organization_id: organizationId, domain, record_name: 'x', record_value: 'y' };
    await tamper(scene, (tx) =>
      tx
        .insertInto('email_domains')
        .values({ ...row, status: 'verified', revision: 0, ...unused, ...times })
        .execute(),
    );
  }

  type Claims = Readonly<Record<string, unknown>>;

  async function enter(organization: SceneOrganization, claims: Claims): Promise<{ userId: string; token: string }> {
    organization.idp.setClaims(claims);
    const { browser, answer } = await signIn(scene, { organization });
    if (!hasSession(browser)) throw new Error(`no session: ${answer.location}`);
    const { token } = await readToken(scene, browser);
    return { userId: decodeJwt(token).sub ?? '', token };
  }

  async function expectShutOut(organization: SceneOrganization, claims: Claims, code = 'account_link_required') {
    organization.idp.setClaims(claims);
    return expectRefusal(scene, code, async () => signIn(scene, { organization }));
  }

  const url = ({ id }: { id: string }) => `/api/v2/organizations/${id}/relink-permissions`;
  async function allow(
    organization: { id: string },
    json: Readonly<Record<string, unknown>>,
    token = scene.boot.token,
  ): Promise<Answer> {
    return scene.server.call(url(organization), { token, json });
  }

  async function membershipOf({ id }: { id: string }, userId: string): Promise<string> {
    const { db } = scene.server.database;
    const rows = db.selectFrom('memberships').select('id').where('organization_id', '=', id);
    return (await rows.where('user_id', '=', userId).executeTakeFirstOrThrow()).id;
  }

  async function allowAlice({ organization, before }: Awaited<ReturnType<typeof openMoved>>): Promise<Answer> {
    return allow(organization, { membershipIds: [await membershipOf(organization, before.alice.userId)] });
  }

  async function listed(organization: { id: string }): Promise<{ email: string; issuer: string }[]> {
    const { body } = await scene.server.call(url(organization), { token: scene.boot.token });
    expect(body.totalCount).toBe(body.relinkPermissions.length);
    return body.relinkPermissions;
  }

  async function told({ id }: { id: string }, type: string): Promise<Record<string, unknown>[]> {
    const { db } = scene.server.database;
    const trail = db.selectFrom('audit_events').select('event_metadata').where('organization_id', '=', id);
    const rows = await trail.where('event_type', '=', type).orderBy('sequence').execute();
    return rows.map((row) => JSON.parse(row.event_metadata));
  }

  async function setRole(organization: { id: string }, userId: string, role: 'admin' | 'member') {
    const path = `/api/v2/organizations/${organization.id}/memberships/${await membershipOf(organization, userId)}`;
    const { token } = scene.boot;
    expect((await scene.server.call(path, { method: 'PATCH', token, json: { role } })).status).toBe(200);
  }

  const isLive = async (organization: { id: string }, token: string) =>
    (await scene.server.call(`/api/v1/organization/${organization.id}`, { token })).status === 200;

  it('H185: keep their accounts after an admin let the old identity go, and lose its sessions then', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before, old } = moved;
    await expectShutOut(organization, newAlice);
    const { status, body } = await allowAlice(moved);
    expect([status, body.identityCount]).toEqual([200, 1]);
    expect(await listed(organization)).toMatchObject([
      { email: newAlice.email, issuer: old.idp.issuer, userId: before.alice.userId },
    ]);
    // Nothing has happened yet: who has a session keeps it.
    expect(await isLive(organization, before.alice.token)).toBe(true);

    const after = await enter(organization, newAlice);
    expect(after.userId).toBe(before.alice.userId);
    expect(await isLive(organization, before.alice.token)).toBe(false);
    expect(await isLive(organization, after.token)).toBe(true);
    expect(await isLive(organization, before.bob.token)).toBe(true);
    expect(await told(organization, 'user-relink')).toEqual([
      {
        userId: before.alice.userId,
        userEmail: newAlice.email,
        issuer: organization.idp.issuer,
        previousIssuer: old.idp.issuer,
        endedSessions: 1,
      },
    ]);
    expect(await told(organization, 'relink-allow')).toMatchObject([{ userEmail: newAlice.email }]);
    expect(await listed(organization)).toEqual([]);
    expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
  });

  it('H181, H185: use the permission up: a third identity with the address is refused', async () => {
    const moved = await openMoved();
    await allowAlice(moved);
    await enter(moved.organization, moved.newAlice);
    await expectShutOut(moved.organization, { ...moved.newAlice, sub: 'new-3' });
  });

  it('H185: keep their accounts when only the subject changed, as it does with the client id at some providers', async () => {
    const { old, alice, before } = await openMoved();
    const { idp, ...rest } = old;
    const { discoveryUrl: discoveryURL, clientSecret } = idp;
    await scene.changeConfig(old, { discoveryURL, clientSecret });
    const organization = { ...rest, idp };
    await expectShutOut(organization, { ...alice, sub: 'pairwise' });
    await allow(organization, { membershipIds: [await membershipOf(organization, before.alice.userId)] });
    expect((await enter(organization, { ...alice, sub: 'pairwise' })).userId).toBe(before.alice.userId);
    await expectShutOut(organization, alice);
  });

  it('H181: are not relinked by a permission that ran out, was taken back, or whose giver may not give it any more', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before } = moved;
    await allowAlice(moved);
    scene.clock.advance(7 * dayMs);
    await expectShutOut(organization, newAlice);
    expect(await listed(organization)).toEqual([]);

    await allowAlice(moved);
    const withdrawn = await scene.server.call(url(organization), { method: 'DELETE', token: scene.boot.token });
    expect(withdrawn.body).toEqual({ withdrawnCount: 1 });
    expect(await told(organization, 'relink-withdraw')).toEqual([{ members: 1, issuers: 0 }]);
    await expectShutOut(organization, newAlice);

    const admin = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const other = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const membershipIds = [await membershipOf(organization, before.alice.userId)];
    expect((await allow(organization, { membershipIds }, admin.token)).status).toBe(200);
    await setRole(organization, admin.userId, 'member');
    await expectShutOut(organization, newAlice);
    await setRole(organization, admin.userId, 'admin');
    expect(await isLive(organization, other.token)).toBe(true);
    expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
  });

  it('H173, H190: are not relinked by an address that is called unverified, or whose domain is proved no more', async () => {
    const moved = await openMoved();
    const { organization, newAlice, domain, before } = moved;
    await allowAlice(moved);
    const unverified = await expectShutOut(organization, { ...newAlice, email_verified: false });
    expect(unverified.details).toContain('address_not_verified');
    await setDomain(domain, 'lapsed');
    expect((await expectShutOut(organization, newAlice)).details).toContain('domain_not_proved');
    expect(await allowAlice(moved)).toMatchObject({ status: 409, body: { code: 'relink_needs_domain' } });
    await setDomain(domain, 'verified');
    expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
  });

  async function setDomain(domain: string, status: 'lapsed' | 'verified'): Promise<void> {
    await tamper(scene, (tx) => tx.updateTable('email_domains').set({ status }).where('domain', '=', domain).execute());
  }

  it('H191: are not let in while they are switched off, and a removed member takes the permission along', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before } = moved;
    await allowAlice(moved);
    const path = `/api/v2/organizations/${organization.id}/memberships/${await membershipOf(organization, before.alice.userId)}`;
    const { token } = scene.boot;
    await scene.server.call(path, { method: 'PATCH', token, json: { isActive: false } });
    await expectShutOut(organization, newAlice, 'member_inactive');
    await scene.server.call(path, { method: 'DELETE', token });
    const { db } = scene.server.database;
    const left = db.selectFrom('user_identities').select('id').where('user_id', '=', before.alice.userId);
    expect(await left.where('relink_until_at', 'is not', null).execute()).toEqual([]);
  });

  it('H180: are not relinked by the provider of another organization that asserts the address', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before } = moved;
    await allowAlice(moved);
    const other = await scene.addOrganization();
    expect((await enter(other, newAlice)).userId).not.toBe(before.alice.userId);
    expect(await listed(organization)).toHaveLength(1);
    expect(await isLive(organization, before.alice.token)).toBe(true);
  });

  describe('all of one issuer', () => {
    /** The organization, which has gone back to the provider of before, and to its new one again. */
    async function backAndForth({ organization, old }: Awaited<ReturnType<typeof openMoved>>) {
      const goTo = async ({ idp }: SceneOrganization) => {
        const change = { discoveryURL: idp.discoveryUrl, clientSecret: idp.clientSecret };
        expect((await scene.changeConfig(organization, change)).status).toBe(200);
      };
      return { back: async () => goTo(old), forth: async () => goTo(organization) };
    }

    it('H185: may relink at once, but no admins, no addresses of other domains, and only with another issuer', async () => {
      const moved = await openMoved();
      const { organization, old, newAlice, bob, before } = moved;
      const { back, forth } = await backAndForth(moved);
      await back();
      const guest = { sub: '3', email: `guest@${randomUUID()}.example` };
      await enter(old, guest);
      const { body } = await allow(organization, { issuer: old.idp.issuer, expiresInDays: 3 });
      const expiresAt = new Date(scene.clock.nowMs() + 3 * dayMs).toISOString();
      expect(body).toEqual({ identityCount: 3, expiresAt });
      expect(await told(organization, 'relink-allow-issuer')).toEqual([
        { issuer: old.idp.issuer, identityCount: 3, expiresAt },
      ]);
      // A second account of the provider of before, with an address that its owner typed.
      await expectShutOut(old, { sub: '4', email: newAlice.email });
      await forth();
      // Who is an admin is asked when they come, by their own role or by a group's.
      await setRole(organization, before.bob.userId, 'admin');
      await expectShutOut(organization, { sub: 'new-2', email: bob.email });
      expect((await expectShutOut(organization, { ...guest, sub: 'new-3' })).details).toContain('domain_not_proved');
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
      const { body: left } = await scene.server.call(url(organization), { token: scene.boot.token });
      expect(left).toEqual({
        issuers: [{ issuer: old.idp.issuer, identityCount: 2, expiresAt }],
        relinkPermissions: [],
        totalCount: 0,
      });
      // By name an admin may.
      await allow(organization, { membershipIds: [await membershipOf(organization, before.bob.userId)] });
      expect((await enter(organization, { sub: 'new-2', email: bob.email })).userId).toBe(before.bob.userId);
    });

    it('H181: may not once it ran out, was taken back, or its giver may not give it any more', async () => {
      const moved = await openMoved();
      const { organization, old, newAlice, before } = moved;
      const issuer = old.idp.issuer;
      await allow(organization, { issuer, expiresInDays: 1 });
      scene.clock.advance(dayMs);
      await expectShutOut(organization, newAlice);
      await allow(organization, { issuer });
      const withdrawn = await scene.server.call(url(organization), { method: 'DELETE', token: scene.boot.token });
      expect(withdrawn.body).toEqual({ withdrawnCount: 1 });
      await expectShutOut(organization, newAlice);
      const admin = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
      await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
      expect((await allow(organization, { issuer }, admin.token)).status).toBe(200);
      await setRole(organization, admin.userId, 'member');
      await expectShutOut(organization, newAlice);
      // Another organization's permission for the very issuer is none here.
      const other = await openMoved();
      expect((await allow(other.organization, { issuer: other.old.idp.issuer })).status).toBe(200);
      await expectShutOut(organization, newAlice);
      await allow(organization, { issuer });
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
    });

    it('H245: are relinked once when they sign in ten times at once', async () => {
      const moved = await openMoved();
      const { organization, old, newAlice } = moved;
      await allow(organization, { issuer: old.idp.issuer });
      organization.idp.setClaims(newAlice);
      const begun = [];
      for (let number = 0; number < 10; number += 1) {
        const browser = openBrowser();
        begun.push({ browser, callback: await beginSignIn(scene, { organization, browser }) });
      }
      await Promise.all(begun.map(async ({ browser, callback }) => browser.visit(callback)));
      expect(begun.filter(({ browser }) => hasSession(browser))).toHaveLength(10);
      expect(await told(organization, 'user-relink')).toHaveLength(1);
    });

    it('H181, H185: may not relink once they are admins, by their own role or by a group', async () => {
      const { organization, old, newAlice, bob, before } = await openMoved();
      const { idp } = old;
      expect((await allow(organization, { issuer: idp.issuer })).body.identityCount).toBe(2);
      await setRole(organization, before.alice.userId, 'admin');
      const { token } = scene.boot;
      const json = { name: 'Owners', role: 'admin', organizationId: organization.id };
      const { id } = (await scene.server.call('/api/v1/groups', { token, json })).body;
      const joined = await scene.server.call(`/api/v1/groups/${id}/users/${bob.email}`, { token, method: 'POST' });
      expect(joined.status).toBe(200);
      await expectShutOut(organization, newAlice);
      await expectShutOut(organization, { sub: 'new-2', email: bob.email });
      expect(await isLive(organization, before.alice.token)).toBe(true);
      await setRole(organization, before.alice.userId, 'member');
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
    });

    it('is refused when nobody is linked to it, so that a slip does not look like success', async () => {
      const { organization, old } = await openMoved();
      for (const issuer of [`${old.idp.issuer}/`, 'https://idp.example', organization.idp.issuer]) {
        expect(await allow(organization, { issuer })).toMatchObject({
          status: 409,
          body: { code: 'issuer_not_linked' },
        });
      }
      expect(await told(organization, 'relink-allow-issuer')).toEqual([]);
    });
  });

  describe('while a new provider lets people type their addresses', () => {
    it('H181, H198: nobody whom it knows already becomes another member', async () => {
      const moved = await openMoved();
      const { organization, domain, newAlice, before } = moved;
      const mallory = { sub: 'new-9', email: `mallory@${domain}` };
      const known = await enter(organization, mallory);
      await allowAlice(moved);
      expect((await enter(organization, { ...mallory, email: newAlice.email })).userId).toBe(known.userId);
      expect(await isLive(organization, before.alice.token)).toBe(true);
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
    });

    it('H181: nobody becomes a member who was not let go of', async () => {
      const moved = await openMoved();
      await allowAlice(moved);
      await expectShutOut(moved.organization, { sub: 'new-9', email: moved.bob.email });
    });

    it('H185: whoever takes the place of a member first is told by the trail, and an admin puts it right', async () => {
      const moved = await openMoved();
      const { organization, newAlice, before } = moved;
      await allowAlice(moved);
      const stranger = await enter(organization, { sub: 'new-9', email: newAlice.email });
      expect(stranger.userId).toBe(before.alice.userId);
      await expectShutOut(organization, newAlice);
      expect(await told(organization, 'user-relink')).toHaveLength(1);
      await allowAlice(moved);
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
      expect(await isLive(organization, stranger.token)).toBe(false);
      await expectShutOut(organization, { sub: 'new-9', email: newAlice.email });
    });
  });

  it('H245: are relinked once when they sign in twenty times at once, and one of two rivals gets in', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before } = moved;
    await allowAlice(moved);
    const begin = async (claims: Claims) => {
      organization.idp.setClaims(claims);
      const browser = openBrowser();
      return { browser, sub: claims['sub'], callback: await beginSignIn(scene, { organization, browser }) };
    };
    const begun = [];
    for (let number = 0; number < 20; number += 1) begun.push(await begin(newAlice));
    for (let number = 0; number < 5; number += 1) begun.push(await begin({ ...newAlice, sub: 'rival' }));
    await Promise.all(begun.map(async ({ browser, callback }) => browser.visit(callback)));
    const admitted = begun.filter(({ browser }) => hasSession(browser));
    const subjects = new Set(admitted.map(({ sub }) => sub));
    expect(subjects.size).toBe(1);
    expect(admitted).toHaveLength(subjects.has('rival') ? 5 : 20);
    expect(await told(organization, 'user-relink')).toHaveLength(1);
    const live = await liveSessions(before.alice.userId);
    expect(live).toHaveLength(admitted.length);
  });

  it('are relinked, or the permission is taken back, when both happen at once, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const moved = await openMoved();
      const { organization, newAlice, before } = moved;
      await allowAlice(moved);
      organization.idp.setClaims(newAlice);
      const browser = openBrowser();
      const callback = await beginSignIn(scene, { organization, browser });
      const [withdrawn] = await Promise.all([
        scene.server.call(url(organization), { method: 'DELETE', token: scene.boot.token }),
        browser.visit(callback),
      ]);
      expect(hasSession(browser)).toBe(withdrawn.body.withdrawnCount === 0);
      expect(await told(organization, 'user-relink')).toHaveLength(1 - withdrawn.body.withdrawnCount);
      expect(await isLive(organization, before.alice.token)).toBe(withdrawn.body.withdrawnCount === 1);
    }
  });

  it('leave no session of the old identity behind that began in the same moment', async () => {
    const { old, alice, before } = await openMoved();
    const { discoveryUrl: discoveryURL, clientSecret } = old.idp;
    await scene.changeConfig(old, { discoveryURL, clientSecret });
    await allow(old, { membershipIds: [await membershipOf(old, before.alice.userId)] });
    const begun = [];
    for (const sub of [...Array.from({ length: 20 }, () => alice.sub), 'next']) {
      old.idp.setClaims({ ...alice, sub });
      const browser = openBrowser();
      begun.push({ browser, sub, callback: await beginSignIn(scene, { organization: old, browser }) });
    }
    await Promise.all(begun.map(async ({ browser, callback }) => browser.visit(callback)));
    expect(hasSession(begun.at(-1)?.browser ?? openBrowser())).toBe(true);
    expect(await liveSessions(before.alice.userId)).toHaveLength(1);
    await expectShutOut(old, alice);
  });

  async function liveSessions(userId: string): Promise<unknown[]> {
    const { db } = scene.server.database;
    const sessions = db.selectFrom('sessions').select('id').where('user_id', '=', userId);
    return sessions.where('ended_at', 'is', null).execute();
  }

  it('are named by the organization itself: strangers, people without an identity and half requests are refused', async () => {
    const { organization, before } = await openMoved();
    const foreign = await openMoved();
    const theirs = await membershipOf(foreign.organization, foreign.before.alice.userId);
    const ours = await membershipOf(organization, before.alice.userId);
    const unlinked = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'member' });
    const notLinked = await membershipOf(organization, unlinked.userId);
    const issuer = 'https://idp.example';
    const answers = {
      both: await allow(organization, { membershipIds: [ours], issuer }),
      neither: await allow(organization, {}),
      tooLong: await allow(organization, { membershipIds: [ours], expiresInDays: 31 }),
      stranger: await allow(organization, { membershipIds: [ours, theirs] }),
      unlinked: await allow(organization, { membershipIds: [ours, notLinked] }),
    };
    expect(Object.values(answers).map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'validation_failed'],
      [422, 'validation_failed'],
      [422, 'validation_failed'],
      [404, 'membership_not_found'],
      [409, 'identity_not_linked'],
    ]);
    expect(await listed(organization)).toEqual([]);
    expect(await told(organization, 'relink-allow')).toEqual([]);
  });
});
