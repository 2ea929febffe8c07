import { afterAll, beforeAll, expect, test } from 'vitest';

import type { PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';
import { useBrowser } from '../support/browser.ts';
import { startPracticeIdpForTest } from '../support/practice-idp.ts';
import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'sallyport', clientSecret: 'a secret of the client for these tests' };

const browser = useBrowser();
let idp: PracticeIdp;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  idp = await startPracticeIdpForTest({ ...client, redirectUris: [`${server.url}/api/v1/sso/oidc/callback`] });
  const acme = await bootstrap(server);
  const place = { configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl };
  const json = { ...client, ...place, organizationId: acme.organizationId, isActive: true };
  const { status } = await server.call('/api/v1/sso/oidc/config', { token: acme.token, json });
  if (status !== 200) throw new Error(`the configuration was refused with ${status}`);
});
afterAll(async () => {
  await server.close();
  await idp.close();
});

// The requests of an application's page when it opens, sent twice, as React does in development.
const refreshTwice = `Promise.all([1, 2].map(async () => {
  const answer = await fetch('/api/v1/auth/token', { method: 'POST' });
  const { token } = await answer.json();
  const check = await fetch('/api/v1/auth/checkAuth', { method: 'POST', headers: { authorization: 'Bearer ' + token } });
  return [answer.status, check.status];
}))`;

test('H350: three tabs that open at once and are reloaded at once stay signed in', async () => {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${server.url}/api/v1/sso/oidc/login?orgSlug=acme`);
  await page.getByRole('button', { name: /Bob Engineer/u }).click();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();

  const context = page.context();
  const tabs = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
  const open = async (tab: (typeof tabs)[number]): Promise<unknown> => {
    await tab.goto(`${server.url}/login/select-organization`);
    return tab.evaluate(refreshTwice);
  };
  const bothWork = [
    [200, 200],
    [200, 200],
  ];
  for (let round = 0; round < 3; round += 1) {
    expect(await Promise.all(tabs.map(open))).toEqual([bothWork, bothWork, bothWork]);
  }
  await page.reload();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
});
