import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, beginSignIn, hasSession, useLoginScene } from '../support/login-scene.ts';
import { type Moved, movedMembers } from '../support/moved-members.ts';

const dayMs = 86_400_000;

describe.each(engines)('relinking after a change of the identity provider (%s)', (engine) => {
  const { openMoved, enter, expectShutOut, url, allow, membershipOf, told, setRole, isLive } = movedMembers(
    () => scene,
  );

  const scene = useLoginScene(engine);

  describe('all members of one issuer', () => {
    /** The organization returned to the previous provider, and then to the new one again. */
    async function backAndForth({ organization, old }: Moved) {
      const goTo = async ({ idp }: SceneOrganization) => {
        const change = { discoveryURL: idp.discoveryUrl, clientSecret: idp.clientSecret };
        expect((await scene.changeConfig(organization, change)).status).toBe(200);
      };
      return { back: async () => goTo(old), forth: async () => goTo(organization) };
    }

    it('H185: may relink at once, except admins and addresses of other domains, and only to another issuer', async () => {
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
        { issuer: old.idp.issuer, identityCount: 3, expiresAt, keepMachineAccess: false },
      ]);
      // A second account of the previous provider, with an address that its owner typed.
      await expectShutOut(old, { sub: '4', email: newAlice.email });
      await forth();
      // Whether the member is an admin is checked at the sign-in, by their own role and by their groups.
      await setRole(organization, before.bob.userId, 'admin');
      await expectShutOut(organization, { sub: 'new-2', email: bob.email });
      expect((await expectShutOut(organization, { ...guest, sub: 'new-3' })).details).toContain('domain_not_verified');
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
      const { body: left } = await scene.server.call(url(organization), { token: scene.boot.token });
      expect(left).toEqual({
        issuers: [{ issuer: old.idp.issuer, identityCount: 2, expiresAt }],
        relinkPermissions: [],
        totalCount: 0,
      });
      // A permission for a named member allows an admin to relink.
      await allow(organization, { membershipIds: [await membershipOf(organization, before.bob.userId)] });
      expect((await enter(organization, { sub: 'new-2', email: bob.email })).userId).toBe(before.bob.userId);
    });

    it('H181: may not relink after the permission expired, was withdrawn, or its giver lost the right', async () => {
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
      // A permission of another organization for the same issuer has no effect here.
      const other = await openMoved();
      expect((await allow(other.organization, { issuer: other.old.idp.issuer })).status).toBe(200);
      await expectShutOut(organization, newAlice);
      await allow(organization, { issuer });
      expect((await enter(organization, newAlice)).userId).toBe(before.alice.userId);
    });

    it('H245: are relinked once by ten concurrent sign-ins', async () => {
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

    it('H181, H185: may not relink once they are admins, by their own role or a group', async () => {
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

    it('is an error if no member is linked to the issuer, so that a typo does not look like success', async () => {
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
});
