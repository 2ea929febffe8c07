import { describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, hasSession, useLoginScene } from '../support/login-scene.ts';
import { type Claims, movedMembers } from '../support/moved-members.ts';

describe.each(engines)('concurrent relinking (%s)', (engine) => {
  const { openMoved, expectShutOut, url, allow, membershipOf, allowAlice, told, isLive } = movedMembers(() => scene);

  const scene = useLoginScene(engine);

  it('H245: relinks once in twenty concurrent sign-ins, and one of two rivals succeeds', async () => {
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

  it('relinks or withdraws the permission if both happen at once, never both', async () => {
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

  it('leaves no session of the old identity that started in the same moment', async () => {
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
});
