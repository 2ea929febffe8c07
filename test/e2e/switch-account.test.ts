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

test.each([true, false])(
  'H355: a browser asks before another account replaces its own (scripts: %s)',
  async (scripts) => {
    const page = await browser.newPage({ javaScriptEnabled: scripts });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const signInAs = async (name: RegExp) => {
      await page.goto(`${server.url}/api/v1/sso/oidc/login?orgSlug=acme`);
      await page.getByRole('button', { name }).click();
    };
    const emailOnPage = () => page.locator('dl.facts').innerText();
    await signInAs(/Bob Engineer/u);
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();

    await signInAs(/Carol Groupless/u);
    await page.getByRole('heading', { name: 'Switch to another account?' }).waitFor();
    await page.getByRole('button', { name: 'Stay signed in' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(await emailOnPage()).toContain('bob@acme.example');

    await signInAs(/Carol Groupless/u);
    await page.getByRole('button', { name: 'Switch to the new account' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(await emailOnPage()).toContain('carol@acme.example');
    expect(complaints.filter((text) => /Content Security Policy/u.test(text))).toEqual([]);
  },
);
