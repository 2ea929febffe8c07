import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { openBrowser } from '../support/browser-client.ts';
import {
  beginSignIn,
  expectRefusal,
  hasSession,
  type LoginScene,
  openLoginScene,
  readToken,
  type SceneOrganization,
} from '../support/login-scene.ts';
import { configUrl, customConfig, storedConfig } from '../support/oidc-config-body.ts';
import { openPostgresProxy, type PostgresProxy } from '../support/postgres-proxy.ts';

/** The transactions of a callback: one consumes the attempt, and the next provisions the member. */
const claimsFirst = 1;

// SQLite runs in the process, so a commit's response cannot be lost. Other tests cover a failing disk.
describe('a commit that succeeds while its confirmation is lost', () => {
  let scene: LoginScene;
  let proxy: PostgresProxy;
  let proxied: Database;

  beforeAll(async () => {
    scene = await openLoginScene(
      'postgres',
      {},
      {
        standBefore: async (_database, url) => {
          proxy = await openPostgresProxy(url);
          proxied = await openDatabase({ url: proxy.url, logger: silentLogger });
          return proxied;
        },
      },
    );
  });
  afterAll(async () => {
    await proxied.close();
    await proxy.close();
    await scene.close();
  });

  const eventsOf = async (organizationId: string): Promise<string[]> => {
    const events = scene.server.database.db
      .selectFrom('audit_events')
      .select('event_type')
      .where('organization_id', '=', organizationId);
    return (await events.orderBy('sequence').execute()).map((row) => row.event_type);
  };

  async function countOf(table: 'memberships' | 'user_identities' | 'sessions', { id }: SceneOrganization) {
    const { db } = scene.server.database;
    return (await db.selectFrom(table).selectAll().where('organization_id', '=', id).execute()).length;
  }

  it('H261: a user whose first sign-in was affected starts again and gets the same account', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const lost = proxy.loseCommit(claimsFirst);
    const answer = await browser.visit(callback);
    await lost;
    // The server cannot know whether the sign-in was committed. That is its own failure, so the page has status 500 or
    // above.
    expect(answer).toMatchObject({ status: 503, location: '' });
    expect(hasSession(browser)).toBe(false);
    const before = await eventsOf(organization.id);
    expect(before.filter((type) => type === 'sign-in-refused')).toEqual([]);
    expect(before.filter((type) => type === 'sign-in-success')).toHaveLength(1);

    // Neither a repeated callback nor a new start creates another user.
    expect((await browser.visit(callback)).location).toContain('/login/error');
    await browser.visit(await beginSignIn(scene, { organization, browser }));
    expect((await readToken(scene, browser)).organizationId).toBe(organization.id);
    expect([await countOf('memberships', organization), await countOf('user_identities', organization)]).toEqual([
      1, 1,
    ]);
    const after = await eventsOf(organization.id);
    expect(after.slice(before.length).toSorted()).toEqual(['session-start', 'sign-in-success']);
    const attempt = await scene.server.database.db
      .selectFrom('login_attempts')
      .select('outcome')
      .where('organization_id', '=', organization.id)
      .execute();
    expect(attempt).toEqual([{ outcome: 'succeeded' }, { outcome: 'succeeded' }]);
  });

  it('H261: a consumed sign-in attempt stays consumed and starts no session', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const lost = proxy.loseCommit(0);
    const answer = await browser.visit(callback);
    await lost;
    expect(answer).toMatchObject({ status: 503, location: '' });
    expect(organization.idp.count('token')).toBe(0);
    expect((await browser.visit(callback)).location).toContain('/login/error');
    expect([organization.idp.count('token'), hasSession(browser)]).toEqual([0, false]);
    expect(await countOf('sessions', organization)).toBe(0);
  });

  it('H261: a refusal is recorded once', async () => {
    const organization = await scene.addOrganization({ config: { allowedEmailDomains: 'other.example' } });
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const lost = proxy.loseCommit(claimsFirst);
    await browser.visit(callback);
    await lost;
    expect((await eventsOf(organization.id)).filter((type) => type === 'sign-in-refused')).toHaveLength(1);
    expect(await countOf('memberships', organization)).toBe(0);
    await expectRefusal(scene, 'email_domain_not_allowed', async () =>
      browser.visit(await beginSignIn(scene, { organization, browser })),
    );
  });

  it('H261: an admin who repeats the change finds it done, with one audit entry', async () => {
    const { token, organizationId } = scene.boot;
    const config = { token, json: customConfig(organizationId) };
    const group = { token, json: { name: 'Engineering', organizationId } };
    for (const [path, request, type] of [
      [configUrl, config, 'oidc-config-create'],
      ['/api/v1/groups', group, 'group-create'],
    ] as const) {
      const lost = proxy.loseCommit(0);
      expect((await scene.server.call(path, request)).body).toMatchObject({ code: 'storage_unavailable' });
      await lost;
      expect((await scene.server.call(path, request)).status).toBe(409);
      expect((await eventsOf(organizationId)).filter((each) => each === type)).toHaveLength(1);
    }
    expect(await storedConfig(scene.server, organizationId)).toBeDefined();
  });
});
