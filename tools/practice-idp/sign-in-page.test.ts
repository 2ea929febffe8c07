import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { useBrowser } from '../../test/support/browser.ts';
import { startPracticeIdpForTest } from '../../test/support/practice-idp.ts';
import type { PracticeIdp } from './start-practice-idp.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'; // RFC 7636, appendix B

const browser = useBrowser();
let idp: PracticeIdp;
let application: Server;
let authorizationUrl: string;

beforeAll(async () => {
  idp = await startPracticeIdpForTest();
  application = createServer((request, response) => {
    // The application redirects the user again, as applications do after a sign-in.
    if (request.url?.startsWith('/callback')) response.writeHead(302, { location: `/welcome${request.url.slice(9)}` });
    response.end('Welcome');
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  const address = application.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const redirectUri = `http://localhost:${port}/callback`;
  idp.registerClient({ clientId: 'practice-app', clientSecret: 'a secret of practice', redirectUris: [redirectUri] });
  const parameters = new URLSearchParams({
    client_id: 'practice-app',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'practice-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    login_hint: 'bob@acme.example',
  });
  authorizationUrl = `${idp.issuer}/authorize?${parameters}`;
});

afterAll(async () => {
  await idp.close();
  application.close();
});

describe('the sign-in page in a browser without JavaScript', () => {
  it('explains itself, and returns the selected user to the application', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    const refusals: string[] = [];
    page.on('console', (message) => refusals.push(message.text()));
    await page.goto(authorizationUrl);
    expect(await page.getByText('For practice only').isVisible()).toBe(true);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Who do you want to be?');
    await page.getByRole('button', { name: 'Alice Admin alice@acme.example Engineering, Admins' }).click();
    await page.getByText('Welcome').waitFor();
    const arrival = new URL(page.url());
    expect(arrival.pathname).toBe('/welcome');
    expect(Object.fromEntries(arrival.searchParams)).toMatchObject({ state: 'practice-state', iss: idp.issuer });
    expect(arrival.searchParams.has('code')).toBe(true);
    expect(refusals).toEqual([]);
  });

  it('asks again at the next sign-in, with the focus on the user whom the application hinted at', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(authorizationUrl);
    await page.locator('button:focus', { hasText: 'bob@acme.example' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Welcome').waitFor();
    await page.goto(authorizationUrl);
    await page.getByRole('button', { name: 'Do not sign in' }).click();
    await page.getByText('Welcome').waitFor();
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });
});
