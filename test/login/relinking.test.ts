import { describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { tamper, useLoginScene } from '../support/login-scene.ts';
import { movedMembers } from '../support/moved-members.ts';

const dayMs = 86_400_000;

describe.each(engines)('members whose identity provider changed (%s)', (engine) => {
  const { openMoved, enter, expectShutOut, url, allow, membershipOf, allowAlice, listed, told, setRole, isLive } =
    movedMembers(() => scene);

  const scene = useLoginScene(engine);

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
        endedGrants: expect.objectContaining({ machineAccess: 'ended', clientSecrets: 0 }),
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
    expect((await expectShutOut(organization, newAlice)).details).toContain('domain_not_verified');
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
