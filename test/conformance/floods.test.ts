import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import {
  beginSignIn,
  hasSession,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type SceneOrganization,
} from '../support/login-scene.ts';
import { type SentStatement, watchStatements } from '../support/statements.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';
import { expectSignedIn } from './hostile-scene.ts';

const perMinute = 60;
const recordedPerMinute = 5;
/** The client IP address as a proxy forwards it. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('a flood', () => {
  let scene: LoginScene;
  let organization: SceneOrganization;
  let sent: SentStatement[];

  beforeAll(async () => {
    // The scene's clock is fixed, so everything happens within one minute.
    const settings = {
      SALLYPORT_RATE_LIMIT_SIGN_IN: String(perMinute),
      SALLYPORT_REFUSALS_RECORDED_PER_MINUTE: String(recordedPerMinute),
      SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
    };
    scene = await openLoginScene('sqlite', settings, {
      standBefore: (database) => {
        const watched = watchStatements(database);
        ({ sent } = watched);
        return watched.database;
      },
    });
    organization = await scene.addOrganization();
  });
  afterAll(() => scene.close());

  const startAt = async ({ slug }: SceneOrganization, address: string) =>
    openBrowser().visit(loginUrl(scene, { orgSlug: slug }), from(address));

  it("H043: a flood of sign-in starts writes nothing, fetches the discovery document once and ends at the client's rate limit", async () => {
    await startAt(organization, '198.51.100.200');
    const before = await readEverything(scene.server.database);
    const answers = [];
    for (let client = 1; client <= 20; client += 1) {
      for (let start = 0; start < perMinute + 1; start += 1) {
        answers.push((await startAt(organization, `198.51.100.${client}`)).status);
      }
    }
    expect(answers.filter((status) => status === 302)).toHaveLength(20 * perMinute);
    expect(answers.filter((status) => status === 429)).toHaveLength(20);
    await expectUntouched(scene.server.database, before);
    expect(organization.idp.requests.map(({ endpoint }) => endpoint)).toEqual(['discovery']);
    // Other users can sign in meanwhile, at this organization and at any other.
    await expectSignedIn(scene, organization);
    await expectSignedIn(scene, await scene.bystander());
  });

  it('H043: a flood of failing starts leaves the permitted number of records per minute and a count of the rest', async () => {
    const dead = await scene.addOrganization();
    dead.idp.mutate({ discovery: () => ({}) });
    for (let start = 0; start < 30; start += 1) await startAt(dead, `203.0.113.${start}`);
    const { db } = scene.server.database;
    const attempts = db.selectFrom('login_attempts').select('id').where('organization_id', '=', dead.id);
    expect(await attempts.execute()).toHaveLength(recordedPerMinute);
    const counts = db.selectFrom('refused_login_attempt_counts').selectAll().where('organization_id', '=', dead.id);
    expect(await counts.execute()).toMatchObject([{ recorded: recordedPerMinute, omitted: 30 - recordedPerMinute }]);
    await expectSignedIn(scene, await scene.bystander());
  });

  it('H044: a flood of callbacks with invented states reaches neither the database nor a provider', async () => {
    const browser = openBrowser();
    const good = await beginSignIn(scene, { organization, browser });
    const [requests, statements] = [organization.idp.requests.length, sent.length];
    for (let count = 0; count < 200; count += 1) {
      const state = `${'0'.repeat(9)}-${randomBytes(32).toString('base64url')}`;
      const callback = new URL(good);
      callback.searchParams.set('state', state);
      // Every second one has a cookie for that state with an invalid seal, or with the seal of another state.
      const sealed =
        count % 4 < 2 ? randomBytes(300).toString('base64url') : [...browser.cookies('localhost').values()][0];
      const cookie =
        count % 2 === 0 ? {} : { cookie: `sallyport_attempt_${'0'.repeat(9)}_${state.slice(10, 22)}=${sealed}` };
      const headers = { ...from(`192.0.2.${count}`).headers, ...cookie };
      const { location } = await openBrowser().visit(callback, { headers });
      expect(location).toBe(`${scene.server.url}/login/error?code=attempt_missing`);
    }
    expect(sent.slice(statements).filter(({ sql }) => !sql.includes('audit_webhooks'))).toEqual([]);
    expect(organization.idp.requests).toHaveLength(requests);
    await browser.visit(good, from('192.0.2.250'));
    expect(hasSession(browser)).toBe(true);
  });
});
