import { beforeAll, describe, expect, it } from 'vitest';

import { spentTokenGraceSeconds } from '../../src/sessions/spent-tokens.ts';
import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  answerSwitch,
  beginSignIn,
  countRows,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

/** Another browser with a copy of this browser's current session. */
function copyOf(browser: BrowserClient): BrowserClient {
  const copy = openBrowser();
  copy.cookies('localhost').set('jid', browser.cookies('localhost').get('jid') ?? '');
  return copy;
}

describe.each(engines)('a session that a browser has before a sign-in (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine);
  beforeAll(async () => {
    organization = await scene.addOrganization();
  });

  const statusOf = async (token: string) => (await scene.server.call('/api/v2/users/me', { token })).status;
  const isAlive = async (browser: BrowserClient) => (await readToken(scene, browser)).status === 200;
  const lastEnd = async (organizationId: string) => {
    const query = scene.server.database.db
      .selectFrom('audit_events')
      .select('event_metadata')
      .where('organization_id', '=', organizationId)
      .where('event_type', '=', 'session-end');
    const row = await query.orderBy('sequence', 'desc').limit(1).executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.event_metadata) as Record<string, unknown>);
  };

  it("H114: ends if an attacker planted it, and never becomes the member's", async () => {
    const attacker = openBrowser();
    await signIn(scene, { organization: await scene.bystander(), browser: attacker });
    const { token } = await readToken(scene, attacker);
    const victim = copyOf(attacker);
    const planted = victim.cookies('localhost').get('jid') ?? '';
    await signIn(scene, { organization, browser: victim });
    // The page shows the stranger's account, and nothing is replaced before the member confirms.
    expect((await victim.visit(`${scene.server.url}/login/switch`)).text).toContain('bo@beside.example');
    await answerSwitch(scene, victim, 'switch');
    const own = victim.cookies('localhost').get('jid') ?? '';
    expect(own.split('.')[0]).not.toBe(planted.split('.')[0]);
    expect([await statusOf(token), await isAlive(attacker)]).toEqual([403, false]);
    expect((await readToken(scene, victim)).organizationId).toBe(organization.id);
    const [sessionId] = planted.split('.');
    expect(await lastEnd((await scene.bystander()).id)).toMatchObject({
      sessionId,
      reason: 'replaced_by_sign_in',
    });
  });

  it("H114: ends if it is the member's own and someone else may have a copy", async () => {
    const { browser } = await signIn(scene, { organization });
    const thief = copyOf(browser);
    await signIn(scene, { organization, browser });
    expect([await isAlive(thief), await isAlive(browser)]).toEqual([false, true]);
  });

  it('H114: continues if the sign-in is refused', async () => {
    const { browser } = await signIn(scene, { organization });
    const callback = await beginSignIn(scene, { organization, browser });
    organization.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, aud: 'another' }) });
    const refused = await browser.visit(callback);
    organization.idp.mutate({ idTokenClaims: undefined });
    expect(refused.location).toContain('/login/error');
    expect(await isAlive(browser)).toBe(true);
  });

  it('H114: ends nothing if its cookie is spent, duplicated or invented', async () => {
    const { browser: member } = await signIn(scene, { organization });
    const spent = member.cookies('localhost').get('jid') ?? '';
    const { token } = await readToken(scene, member);
    const current = member.cookies('localhost').get('jid') ?? '';
    // For ten seconds a browser may send the previous token, because the response with the new one may still be in
    // transit.
    scene.clock.advance((spentTokenGraceSeconds + 1) * 1000);
    const [id = ''] = current.split('.');
    const guess = `${id}.${'A'.repeat(43)}.${'A'.repeat(43)}`;
    for (const jid of [spent, guess, `${current}; jid=${current}`, `${current}x`, id, '\u00e9']) {
      const browser = openBrowser();
      browser.cookies('localhost').set('jid', jid);
      await signIn(scene, { organization, browser });
      expect([jid, await statusOf(token)]).toEqual([jid, 200]);
    }
  });

  it('H114: ends after a sign-in with a password or a break-glass code, on the page and through the API', async () => {
    const { admin } = scene.boot;
    const owner = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const codesUrl = `/api/v1/organization/${organization.id}/break-glass-codes`;
    const { codes } = (await scene.server.call(codesUrl, { method: 'POST', token: owner.token })).body;
    const [onPage = '', byApi = ''] = codes as string[];
    const use = (code: string) => ({ organizationSlug: organization.slug, email: owner.email, code });
    const { email, password } = admin;
    const ways: readonly (readonly [string, (browser: BrowserClient) => Promise<{ status: number }>])[] = [
      ['page', (browser) => browser.visit(`${scene.server.url}/login/admin`, { form: { email, password } })],
      ['API', async (browser) => post(browser, '/api/v3/auth/login', { email, password })],
      ['code', (browser) => browser.visit(`${scene.server.url}/login/break-glass`, { form: use(onPage) })],
      ['code by API', async (browser) => post(browser, '/api/v1/auth/break-glass', use(byApi))],
    ];
    const post = (browser: BrowserClient, path: string, json: object) => {
      const cookie = `jid=${browser.cookies('localhost').get('jid') ?? ''}`;
      return scene.server.call(path, { json, headers: { cookie } });
    };
    for (const [way, enter] of ways) {
      const { browser } = await signIn(scene, { organization });
      const thief = copyOf(browser);
      const before = (await countRows(scene)).accounts['sessions'] ?? 0;
      expect([way, (await enter(browser)).status]).toEqual([way, expect.toBeOneOf([200, 303])]);
      expect([way, (await countRows(scene)).accounts['sessions']]).toEqual([way, before + 1]);
      expect([way, await isAlive(thief)]).toEqual([way, false]);
    }
  });
});
