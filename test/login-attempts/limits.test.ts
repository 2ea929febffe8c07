import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { attemptRecordBytesMax } from '../../src/contract/limits.ts';
import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  beginSignIn,
  findAttempt,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';

const recordedMax = 3;

describe.each(engines)('a flood of refused sign-ins (%s)', (engine) => {
  let scene: LoginScene;
  let organization: SceneOrganization;

  beforeEach(async () => {
    scene = await openLoginScene(engine, { SALLYPORT_REFUSALS_RECORDED_PER_MINUTE: String(recordedMax) });
    organization = await scene.addOrganization();
  });
  afterEach(() => scene.close());

  const list = async (query: Record<string, string> = {}) => {
    const search = new URLSearchParams({ organizationId: organization.id, ...query }).toString();
    const { body } = await scene.server.call(`/api/v1/sso/oidc/login-attempts?${search}`, { token: scene.boot.token });
    return body;
  };
  const events = async (type: string) => {
    const query = new URLSearchParams({ organizationId: organization.id, eventType: type }).toString();
    const { body } = await scene.server.call(`/api/v1/organization/audit-logs?${query}`, { token: scene.boot.token });
    return body.auditLogs;
  };
  const attemptOf = (location: string) => new URL(location).searchParams.get('attempt') ?? '';
  /** Finishes a sign-in with an invalid code. */
  const knock = async (browser: BrowserClient = openBrowser()) => {
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('code', 'made-up');
    return { callback, answer: await browser.visit(callback) };
  };

  it('writes as many records and audit entries as a minute allows, and the list shows the count of the rest', async () => {
    for (let count = 0; count < recordedMax + 4; count += 1) await knock();
    await signIn(scene, { organization });
    expect(await list({ outcome: 'refused' })).toMatchObject({ totalCount: recordedMax, omittedCount: 4 });
    expect(await list({ outcome: 'succeeded' })).toMatchObject({ totalCount: 1 });
    expect(await events('sign-in-refused')).toHaveLength(recordedMax);
    expect(await events('sign-in-refusals-unrecorded')).toMatchObject([
      { event: { metadata: { recordedPerMinute: recordedMax } } },
    ]);
    const before = new Date(scene.clock.nowMs() - 3_600_000).toISOString();
    expect(await list({ endDate: before })).toMatchObject({ totalCount: 0, omittedCount: 0 });
  });

  it('writes no more when the refusals are concurrent than when they are sequential', async () => {
    await Promise.all(Array.from({ length: 12 }, () => knock()));
    expect(await list()).toMatchObject({ totalCount: recordedMax, omittedCount: 12 - recordedMax });
    expect(await events('sign-in-refused')).toHaveLength(recordedMax);
    expect(await events('sign-in-refusals-unrecorded')).toHaveLength(1);
  });

  it('keeps, for a refusal that is only counted, what refuses its callback again and what its member sees', async () => {
    for (let count = 0; count < recordedMax; count += 1) await knock();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('code', 'made-up');
    const cookie = [...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');
    const first = await browser.visit(callback);
    const again = await openBrowser().visit(callback, { headers: { cookie } });
    expect(again.location).toContain(`${scene.server.url}/login/error?code=attempt_finished`);
    const page = await browser.visit(first.location);
    expect(page.text).toContain('Your identity provider rejected the authorization code.');
    const row = await findAttempt(scene, attemptOf(first.location));
    expect(row).toMatchObject({ organization_id: null, outcome: 'refused', details: '{"omitted":true}' });
  });

  it('is recorded again in the next minute, and another organization has its own limit', async () => {
    for (let count = 0; count < recordedMax + 1; count += 1) await knock();
    scene.clock.advance(60_000);
    await knock();
    expect(await list()).toMatchObject({ totalCount: recordedMax + 1, omittedCount: 1 });
    organization = await scene.addOrganization();
    await knock();
    expect(await list()).toMatchObject({ totalCount: 1, omittedCount: 0 });
  });

  it('writes nothing for starts beyond the limit', async () => {
    await organization.idp.close();
    for (let count = 0; count < recordedMax + 5; count += 1) {
      const { location } = await openBrowser().visit(loginUrl(scene, { orgSlug: organization.slug }));
      const page = await openBrowser().visit(location);
      expect(page.text).toMatch(/does not respond|You could not be signed in/u);
    }
    const { rows } = await scene.server.database.db
      .selectFrom('login_attempts')
      .selectAll()
      .execute()
      .then((all) => ({ rows: all.length }));
    expect(rows).toBe(recordedMax);
    expect(await list()).toMatchObject({ totalCount: recordedMax, omittedCount: 5 });
  });

  it('H264: writes records of limited size, whatever the provider, the browser and the groups are called', async () => {
    const wide = '\u{1f980}'.repeat(2000);
    const headers = { 'user-agent': 'x'.repeat(6000) };
    const lengthy = async (name: string) => {
      const browser = openBrowser();
      const callback = await beginSignIn(scene, { organization, browser });
      const { location } = await browser.visit(callback, { headers });
      const id = location.includes('attempt=') ? attemptOf(location) : (await list()).loginAttempts[0].id;
      const row = await findAttempt(scene, id);
      expect([name, Buffer.byteLength(row?.details ?? '') <= attemptRecordBytesMax]).toEqual([name, true]);
      scene.clock.advance(60_000);
      return row;
    };
    organization.idp.mutate({ idTokenHeader: { kid: `key-1${wide.slice(0, 240)}` } });
    await lengthy('a key name');
    organization.idp.mutate({
      idTokenHeader: {},
      idTokenClaims: (claims) => ({ ...claims, iss: wide, aud: [wide, wide] }),
    });
    expect(await lengthy('an issuer')).toMatchObject({ code: 'id_token_invalid' });
    organization.idp.mutate({
      idTokenClaims: undefined,
      reply: {
        token: (reply) => ({ ...reply, status: 400, body: JSON.stringify({ error: wide, error_description: wide }) }),
      },
    });
    expect(await lengthy('an error')).toMatchObject({ code: 'idp_error' });
    organization.idp.mutate({ reply: {} });
    await scene.changeConfig(organization, { manageGroupMemberships: true });
    const groups = Array.from({ length: 60 }, (_, index) => `${index} ${'\u{1f980}'.repeat(120)}`);
    for (const name of groups) {
      const json = { name, organizationId: organization.id, slug: `group-${name.slice(0, 2).trim()}` };
      await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    }
    organization.idp.setClaims({ sub: 'a', email: 'a@acme.example', given_name: wide, family_name: wide, groups });
    expect(await lengthy('groups')).toMatchObject({ outcome: 'succeeded' });
  });
});
