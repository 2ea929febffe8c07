import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { addMachine, addMember, logIn, type Machine } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { useLoginScene } from '../support/login-scene.ts';
import { type Moved, movedMembers } from '../support/moved-members.ts';
import type { Answer } from '../support/server.ts';

describe.each(engines)('grants of a former member (%s)', (engine) => {
  const { openMoved, enter, allow, membershipOf, setRole, told } = movedMembers(() => scene);

  const scene = useLoginScene(engine);

  const call = async (token: string, path: string, json?: object, method?: string): Promise<Answer> =>
    scene.server.call(path, { token, ...(json && { json }), ...(method && { method }) });
  const ok = async (...request: Parameters<typeof call>): Promise<Answer['body']> => {
    const { status, text, body } = await call(...request);
    if (status !== 200) throw new Error(`${request[1]}: ${text}`);
    return body;
  };

  /** A machine identity with the role admin that a member created, and its client secret. */
  async function makeMachine(token: string, organizationId: string): Promise<Machine> {
    const { identity } = await ok(token, '/api/v1/identities', { name: 'robot', role: 'admin', organizationId });
    const url = `/api/v1/auth/universal-auth/identities/${identity.id}`;
    const { identityUniversalAuth } = await ok(token, url, {});
    const { clientSecret } = await ok(token, `${url}/client-secrets`, {});
    return { identityId: identity.id, clientId: identityUniversalAuth.clientId, clientSecret };
  }

  const addSecret = async (token: string, machine: Machine): Promise<Machine> => {
    const url = `/api/v1/auth/universal-auth/identities/${machine.identityId}/client-secrets`;
    return { ...machine, clientSecret: (await ok(token, url, {})).clientSecret };
  };
  const tokenOf = async (machine: Machine): Promise<string> => (await logIn(scene.server, machine)).body.accessToken;
  const isAdmin = async (token: string, organizationId: string) =>
    (await call(token, `/api/v1/organization/${organizationId}/invitations`)).status === 200;
  const invite = async (token: string, organizationId: string): Promise<{ id: string; link: string }> => {
    const json = { email: `${randomUUID()}@invited.example`, role: 'admin' };
    const { invitation, link } = await ok(token, `/api/v1/organization/${organizationId}/invitations`, json);
    return { id: invitation.id, link };
  };
  const statusOf = async (organizationId: string, id: string): Promise<string> => {
    const { invitations } = await ok(scene.boot.token, `/api/v1/organization/${organizationId}/invitations?limit=100`);
    return invitations.find((one: { id: string }) => one.id === id).status;
  };

  /** A stranger has taken over the account of Alice, who is an admin. */
  async function openTaken() {
    const moved = await openMoved();
    const { organization, before, newAlice, bob } = moved;
    await setRole(organization, before.alice.userId, 'admin');
    await setRole(organization, before.bob.userId, 'member');
    const standing = await addMachine(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    scene.clock.advance(1000);
    await permitAlice(moved);
    const stranger = await enter(organization, { ...newAlice, sub: 'stranger' });
    expect(stranger.userId).toBe(before.alice.userId);
    scene.clock.advance(1000);
    return { ...moved, standing, stranger, bob };
  }

  async function permitAlice({ organization, before }: Moved, more: object = {}): Promise<void> {
    const membershipIds = [await membershipOf(organization, before.alice.userId)];
    expect((await allow(organization, { membershipIds, ...more })).status).toBe(200);
  }

  async function breakGlassCodes(token: string, organizationId: string): Promise<string> {
    return (await ok(token, `/api/v1/organization/${organizationId}/break-glass-codes`, undefined, 'POST')).codes[0];
  }
  const useCode = async (organizationSlug: string, email: string, code: string) =>
    scene.server.call('/api/v1/auth/break-glass', { json: { organizationSlug, email, code } });

  it('H344: end when an account that an attacker had returns to its owner', async () => {
    const taken = await openTaken();
    const { organization, standing, stranger, newAlice, bob, before } = taken;
    const { id, slug } = organization;
    const code = await breakGlassCodes(stranger.token, id);
    const own = await makeMachine(stranger.token, id);
    const ownToken = await tokenOf(own);
    const second = await makeMachine(ownToken, id);
    const hidden = await addSecret(stranger.token, standing);
    const hiddenToken = await tokenOf(hidden);
    const third = await makeMachine(hiddenToken, id);
    const thirdToken = await tokenOf(third);
    const invitations = [await invite(stranger.token, id), await invite(ownToken, id), await invite(hiddenToken, id)];
    const bobs = { membershipIds: [await membershipOf(organization, before.bob.userId)] };
    expect((await allow(organization, bobs, thirdToken)).status).toBe(200);
    const webhook = `/api/v1/organization/${id}/audit-webhook`;
    await ok(hiddenToken, webhook, { url: 'https://127.0.0.1:9/' });

    await permitAlice(taken);
    const alice = await enter(organization, newAlice);
    expect(alice.userId).toBe(before.alice.userId);

    expect(await useCode(slug, newAlice.email, code)).toMatchObject({ status: 401 });
    for (const token of [ownToken, hiddenToken, thirdToken]) expect(await isAdmin(token, id)).toBe(false);
    for (const machine of [own, hidden, second, third]) expect((await logIn(scene.server, machine)).status).toBe(401);
    for (const invitation of invitations) expect(await statusOf(id, invitation.id)).toBe('expired');
    organization.idp.setClaims({ sub: 'another-bob', email: bob.email });
    await expect(enter(organization, { sub: 'another-bob', email: bob.email })).rejects.toThrow('no session');
    expect((await ok(alice.token, webhook)).auditWebhook).toMatchObject({ isActive: false });
    // What other members created stays, and so does what the owner creates from now on.
    expect(await isAdmin(await tokenOf(standing), id)).toBe(true);
    expect(await isAdmin(await tokenOf(await makeMachine(alice.token, id)), id)).toBe(true);
    expect((await told(organization, 'user-relink')).at(-1)).toMatchObject({
      endedGrants: { machineAccess: 'ended', machineIdentities: 3, clientSecrets: 4, relinkPermissions: 1 },
    });
  });

  it('of machine identities continue if the admin plans a move, or if they are older than the takeover', async () => {
    const moved = await openMoved();
    const { organization, before, newAlice } = moved;
    const { id } = organization;
    await setRole(organization, before.alice.userId, 'admin');
    const machine = await makeMachine(before.alice.token, id);
    const code = await breakGlassCodes(before.alice.token, id);
    scene.clock.advance(1000);
    await permitAlice(moved, { keepMachineAccess: true });
    const stranger = await enter(organization, { ...newAlice, sub: 'stranger' });
    expect(await isAdmin(await tokenOf(machine), id)).toBe(true);
    expect((await useCode(organization.slug, newAlice.email, code)).status).toBe(401);
    scene.clock.advance(1000);
    const left = await makeMachine(stranger.token, id);
    await permitAlice(moved);
    await enter(organization, newAlice);
    expect(await isAdmin(await tokenOf(machine), id)).toBe(true);
    expect((await logIn(scene.server, left)).status).toBe(401);
  });

  it.each(['deactivated', 'removed'])(
    'H344: only automation continues when the member is %s, and none if the admin says so',
    async (how) => {
      for (const endMachineAccess of [false, true]) {
        const { organization, before, alice } = await openMoved();
        const { id, slug } = organization;
        await setRole(organization, before.alice.userId, 'admin');
        await setRole(organization, before.bob.userId, 'admin');
        const machine = await makeMachine(before.alice.token, id);
        const code = await breakGlassCodes(before.alice.token, id);
        const invitation = await invite(before.alice.token, id);
        const path = `/api/v2/organizations/${id}/memberships/${await membershipOf(organization, before.alice.userId)}`;
        if (how === 'removed') {
          await ok(scene.boot.token, `${path}?endMachineAccess=${endMachineAccess}`, undefined, 'DELETE');
        } else {
          await ok(scene.boot.token, path, { isActive: false, endMachineAccess }, 'PATCH');
          // Nothing is restored when the member returns.
          await ok(scene.boot.token, path, { isActive: true }, 'PATCH');
        }
        expect((await useCode(slug, alice.email, code)).status).toBe(401);
        expect(await statusOf(id, invitation.id)).toBe('expired');
        expect((await logIn(scene.server, machine)).status).toBe(endMachineAccess ? 401 : 200);
        const events = await told(organization, how === 'removed' ? 'membership-delete' : 'membership-update');
        const machineAccess = endMachineAccess ? 'ended' : 'kept';
        expect(events).toContainEqual(
          expect.objectContaining({
            endedGrants: expect.objectContaining({ machineAccess, machineIdentities: 1, clientSecrets: 1 }),
          }),
        );
      }
    },
  );

  it("H345: end with an instance admin's membership if the organization's provider had signed them in", async () => {
    const organization = await scene.addOrganization();
    const domain = `${randomUUID()}.example`;
    const email = `root@${domain}`;
    const root = await enter(organization, { sub: 'root', email });
    await setRole(organization, root.userId, 'admin');
    await scene.server.database.transaction((tx) =>
      tx.updateTable('users').set({ is_instance_admin: 1 }).where('id', '=', root.userId).execute(),
    );
    await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const { link } = await invite(root.token, organization.id);
    const opened = async () => (await fetch(link)).status;
    const before = await opened();
    await setRole(organization, root.userId, 'member');
    expect([before, await opened()]).toEqual([200, 404]);
  });
});
