import { request } from 'node:http';
import { createServer, type Server } from 'node:https';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';
import { useBrowser } from '../support/browser.ts';
import { selfSigned } from '../support/faulty-idp-certificate.ts';
import { startPracticeIdpForTest } from '../support/practice-idp.ts';
import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'sallyport', clientSecret: 'a secret of the client for these tests' };

const browser = useBrowser();
let idp: PracticeIdp;
let server: TestServer;
let proxy: Proxy;

beforeAll(async () => {
  proxy = await startProxy();
  const settings = { SITE_URL: proxy.site, SALLYPORT_TRUSTED_PROXIES: '127.0.0.1' };
  server = await startTestServer({ engine: 'sqlite', settings });
  proxy.leadTo(server.url);
  idp = await startPracticeIdpForTest({ ...client, redirectUris: [`${proxy.site}/api/v1/sso/oidc/callback`] });
  const acme = await bootstrap(server);
  const place = { configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl };
  const json = { ...client, ...place, organizationId: acme.organizationId, isActive: true };
  const { status } = await server.call('/api/v1/sso/oidc/config', { token: acme.token, json });
  if (status !== 200) throw new Error(`the configuration was refused with ${status}`);
});
afterAll(async () => {
  await server.close();
  await idp.close();
  proxy.close();
});

test('H115, H286: behind a TLS proxy, a browser signs in and keeps host-only cookies that need TLS', async () => {
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`${proxy.site}/api/v1/sso/oidc/login?orgSlug=acme`);
  await page.getByRole('button', { name: /Bob Engineer/u }).click();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  expect(page.url()).toBe(`${proxy.site}/login/select-organization`);

  const kept = (await page.context().cookies(proxy.site)).filter(({ name }) => name.includes('jid'));
  expect(kept).toMatchObject([
    { name: '__Host-jid', path: '/', domain: 'localhost', secure: true, httpOnly: true, sameSite: 'Lax' },
  ]);
  const names = proxy.cookies.map((line) => line.slice(0, line.indexOf('=')));
  expect(names.some((name) => name.startsWith('__Host-sallyport_attempt_'))).toBe(true);
  for (const line of proxy.cookies) {
    expect(line).toMatch(
      /^(?:__Host-sallyport_(?:attempt|browser)_[\w-]+|__Host-jid)=[^;]*; (?:Max-Age=\d+; )?Path=\/; HttpOnly; SameSite=Lax; Secure$/u,
    );
  }
  // The sign-in attempt has ended, so its cookie is gone.
  expect((await page.context().cookies()).filter(({ name }) => name.includes('attempt'))).toEqual([]);

  const url = `${proxy.site}/api/v1/auth/token`;
  const refreshed = await page.context().request.post(url, { headers: { origin: proxy.site } });
  expect(refreshed.status()).toBe(200);

  // A cookie that a sibling subdomain set under the programs' cookie name has no effect.
  await page.context().addCookies([{ name: 'jid', value: 'planted', domain: 'localhost', path: '/' }]);
  await page.reload();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  expect(await page.context().cookies(proxy.site)).toEqual([]);
});

interface Proxy {
  readonly site: string;
  /** Every `Set-Cookie` header that passed the proxy. */
  readonly cookies: string[];
  leadTo(url: string): void;
  close(): void;
}

/** The reverse proxy of a production site: it terminates TLS, and sets the forwarded headers. */
async function startProxy(): Promise<Proxy> {
  let target = '';
  const cookies: string[] = [];
  const listener: Server = createServer(selfSigned, (incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' };
    const passedOn = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers }, (answer) => {
      cookies.push(...(answer.headers['set-cookie'] ?? []));
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    site: `https://localhost:${port}`,
    cookies,
    leadTo: (url) => (target = url),
    close: () => {
      listener.closeAllConnections();
      listener.close();
    },
  };
}
