import { describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { tamper, useLoginScene } from '../support/login-scene.ts';
import { movedMembers } from '../support/moved-members.ts';

const dayMs = 86_400_000;

describe.each(engines)('relinking a member (%s)', (engine) => {
  const { openMoved, enter, expectShutOut, url, allow, membershipOf, allowAlice, listed, told, setRole, isLive } =
    movedMembers(() => scene);

  const scene = useLoginScene(engine);

  it('H185: keeps the account after an admin allowed relinking, and ends its sessions then', async () => {
    const moved = await openMoved();
    const { organization, newAlice, before, old } = moved;
    await expectShutOut(organization, newAlice);
    const { status, body } = await allowAlice(moved);
    expect([status, body.identityCount]).toEqual([200, 1]);
    expect(await listed(organization)).toMatchObject([
      { email: newAlice.email, issuer: old.idp.issuer, userId: before.alice.userId },
    ]);
    // Nothing has happened yet, so existing sessions continue.
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
        endedGrants: expect.objectContaining({ machineAccess: 'ended', clientSecrets: 0 }),
      },
    ]);
    expect(await told(organization, 'relink-allow')).toMatchObject([{ userEmail: newAlice.email }]);
    expect(await listed(organization)).toEqual([]);
    expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
  });

  it('H181, H185: uses the permission up: a third identity with the address is refused', async () => {
    const moved = await openMoved();
    await allowAlice(moved);
    await enter(moved.organization, moved.newAlice);
    await expectShutOut(moved.organization, { ...moved.newAlice, sub: 'new-3' });
  });

  it('H185: keeps the account if only the subject changes, as with a new client id at some providers', async () => {
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

  it('H181: is refused if the permission expired, was withdrawn, or its giver lost the right', async () => {
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

  it('H173, H190: is refused for an unverified address or a domain that is no longer verified', async () => {
    const moved = await openMoved();
    const { organization, newAlice, domain, before } = moved;
    await allowAlice(moved);
    const unverified = await expectShutOut(organization, { ...newAlice, email_verified: false });
    expect(unverified.details).toContain('address_not_verified');
    await setDomain(domain, 'lapsed');
    expect((await expectShutOut(organization, newAlice)).details).toContain('domain_not_verified');
    expect(await allowAlice(moved)).toMatchObject({ status: 409, body: { code: 'relink_needs_domain' } });
    await setDomain(domain, 'verified');
    expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
  });

  async function setDomain(domain: string, status: 'lapsed' | 'verified'): Promise<void> {
    await tamper(scene, (tx) => tx.updateTable('email_domains').set({ status }).where('domain', '=', domain).execute());
  }

  it('H191: is refused for a deactivated member, and removing a member deletes the permission', async () => {
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

  it("H180: is refused for another organization's provider that asserts the address", async () => {
    const moved = await openMoved();
    const { organization, newAlice, before } = moved;
    await allowAlice(moved);
    const other = await scene.addOrganization();
    expect((await enter(other, newAlice)).userId).not.toBe(before.alice.userId);
    expect(await listed(organization)).toHaveLength(1);
    expect(await isLive(organization, before.alice.token)).toBe(true);
  });

  describe('at a new provider where users choose their addresses', () => {
    it('H181, H198: a known user does not become another member', async () => {
      const moved = await openMoved();
      const { organization, domain, newAlice, before } = moved;
      const mallory = { sub: 'new-9', email: `mallory@${domain}` };
      const known = await enter(organization, mallory);
      await allowAlice(moved);
      expect((await enter(organization, { ...mallory, email: newAlice.email })).userId).toBe(known.userId);
      expect(await isLive(organization, before.alice.token)).toBe(true);
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
    });

    it('H181: no one becomes a member who may not be relinked', async () => {
      const moved = await openMoved();
      await allowAlice(moved);
      await expectShutOut(moved.organization, { sub: 'new-9', email: moved.bob.email });
    });

    it('H185: an attacker who relinks first is audited, and an admin can undo it', async () => {
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

  it('rejects strangers, members without an identity and incomplete requests', async () => {
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
