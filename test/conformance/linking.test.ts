import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  expectRefusal,
  readToken,
  signIn,
  tamper,
  useLoginScene,
} from '../support/login-scene.ts';
import { expectSignedIn } from './hostile-scene.ts';

const alice = { sub: '1', email: 'alice@acme.example', given_name: 'Alice' };

describe.each(engines)('the account that a sign-in leads to (%s)', (engine) => {
  const scene = useLoginScene(engine);

  async function userOf(organization: SceneOrganization): Promise<string> {
    const { browser } = await signIn(scene, { organization });
    return decodeJwt((await readToken(scene, browser)).token).sub ?? '';
  }

  it('H183: a subject of a new provider does not inherit the account of the same subject of the old one', async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    const before = await userOf(organization);
    const next = await scene.addOrganization({ idp: { claims: { ...alice, email: 'mallory@acme.example' } } });
    const { discoveryUrl: discoveryURL, clientSecret } = next.idp;
    expect((await scene.changeConfig(organization, { discoveryURL, clientSecret })).status).toBe(200);
    const moved = { ...organization, idp: next.idp };
    expect(await userOf(moved)).not.toBe(before);
    next.idp.setClaims({ ...alice, sub: '2' });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: moved }));
  });

  it("H195: a sign-in changes nothing in a member's other organizations", async () => {
    const organization = await scene.addOrganization({ idp: { claims: alice } });
    const userId = await userOf(organization);
    const others = await joinOthers(organization, { userId, count: 500 });
    const before = await rowsBeside(organization, userId);
    expect(before.memberships).toHaveLength(others);
    organization.idp.setClaims({ ...alice, given_name: 'Alicia' });
    await expectSignedIn(scene, organization);
    expect(await rowsBeside(organization, userId)).toEqual(before);
  });

  /** Makes a user a member of organizations that are otherwise copies of one. */
  async function joinOthers({ id }: SceneOrganization, { userId, count }: { userId: string; count: number }) {
    await tamper(scene, async (tx) => {
      const organization = await tx
        .selectFrom('organizations')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const membership = await tx
        .selectFrom('memberships')
        .selectAll()
        .where('organization_id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      for (let made = 0; made < count; made += 1) {
        const other = randomUUID();
        await tx
          .insertInto('organizations')
          .values({ ...organization, id: other, slug: `other-${other}` })
          .execute();
        await tx
          .insertInto('memberships')
          .values({ ...membership, id: randomUUID(), organization_id: other })
          .execute();
      }
    });
    return count;
  }

  async function rowsBeside({ id }: SceneOrganization, userId: string) {
    const { db } = scene.server.database;
    const memberships = db.selectFrom('memberships').selectAll().where('user_id', '=', userId);
    const sessions = db.selectFrom('sessions').select('id').where('user_id', '=', userId);
    const events = db.selectFrom('audit_events').select('id').where('organization_id', 'is not', null);
    return {
      memberships: await memberships.where('organization_id', '!=', id).orderBy('id').execute(),
      sessions: await sessions.where('organization_id', '!=', id).execute(),
      events: await events
        .where('organization_id', '!=', id)
        .where('organization_id', '!=', (await scene.bystander()).id)
        .execute(),
    };
  }
});
