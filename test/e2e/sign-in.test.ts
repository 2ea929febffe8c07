import { createServer, type Server } from 'node:http';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';
import { useBrowser } from '../support/browser.ts';
import { startPracticeIdpForTest } from '../support/practice-idp.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'sallyport', clientSecret: 'a secret of the client for these tests' };
const configPath = '/api/v1/sso/oidc/config';
const unavailable = 'Single sign-on is not available for what you entered. Check the spelling, or ask your admin.';

const browser = useBrowser();
let idp: PracticeIdp;
let server: TestServer;
let acme: Bootstrapped;
let page: Page;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite', settings: { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme' } });
  idp = await startPracticeIdpForTest({ ...client, redirectUris: [`${server.url}/api/v1/sso/oidc/callback`] });
  acme = await bootstrap(server);
  const { status } = await server.call(configPath, {
    token: acme.token,
    json: {
      ...client,
      organizationId: acme.organizationId,
      configurationType: 'discoveryURL',
      discoveryURL: idp.discoveryUrl,
      allowedEmailDomains: 'acme.example',
      isActive: true,
    },
  });
  if (status !== 200) throw new Error(`the configuration was refused with ${status}`);
});

beforeEach(async () => {
  page = await browser.newPage();
});

afterAll(async () => {
  await server.close();
  await idp.close();
});

describe('signing in from the sign-in page', () => {
  test.each(['bob@acme.example', 'acme'])('leads from "%s" to the session', async (identifier) => {
    await beginSignIn(identifier);
    await chooseAtProvider('Bob Engineer');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login/select-organization');
    const facts = await page.locator('dl.facts').innerText();
    for (const fact of ['Bob Engineer', 'bob@acme.example', 'Acme']) expect(facts).toContain(fact);
  });

  test('leaves a session cookie that scripts cannot read, and no attempt cookie', async () => {
    await signIn('Bob Engineer');
    const cookies = (await page.context().cookies()).filter(({ domain }) => domain === 'localhost');
    const inNameOrder = cookies.toSorted((one, other) => one.name.localeCompare(other.name));
    expect(inNameOrder).toMatchObject([
      { name: 'jid', httpOnly: true, sameSite: 'Lax' },
      { name: expect.stringMatching(/^sallyport_browser_[0-9a-f]{32}$/u), httpOnly: true, sameSite: 'Lax' },
    ]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('works without JavaScript', async () => {
    page = await browser.newPage({ javaScriptEnabled: false });
    await signIn('Carol Groupless');
    expect(await page.locator('dl.facts').innerText()).toContain('carol@acme.example');
  });

  test('returns to the requested page of this site', async () => {
    await page.goto(`${server.url}/login?returnTo=${encodeURIComponent('/api/docs/json')}`);
    await page.getByLabel('Work e-mail or organization').fill('acme');
    await page.getByRole('button', { name: 'Continue' }).click();
    await chooseAtProvider('Bob Engineer');
    await page.waitForURL(`${server.url}/api/docs/json`);
  });

  test('ends with "Sign out"', async () => {
    await signIn('Bob Engineer');
    const cookie = (await page.context().cookies(server.url)).find(({ name }) => name === 'jid');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    expect(await page.context().cookies(server.url)).toStrictEqual([]);
    await page.goto(`${server.url}/login/select-organization`);
    expect(new URL(page.url()).pathname).toBe('/login');
    // The session has ended on the server too: a copy of the cookie no longer works.
    const { status } = await server.call('/api/v1/auth/token', {
      method: 'POST',
      headers: { cookie: `jid=${cookie?.value}`, origin: server.url },
    });
    expect(status).toBe(401);
  });
});

describe('a refused sign-in', () => {
  test('shows a user of another domain the id of the recorded attempt', async () => {
    await beginSignIn('acme');
    await chooseAtProvider('Mallory Outsider');
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    const attempt = new URL(page.url()).searchParams.get('attempt') ?? '';
    expect(attempt).toMatch(/^[\da-f-]{36}$/u);
    expect(await page.locator('.attempt').textContent()).toBe(attempt);
    expect(await page.getByRole('alert').innerText()).not.toContain('elsewhere.example');
    expect(await page.context().cookies(server.url)).toStrictEqual([]);
    const known = await server.database.db
      .selectFrom('users')
      .select('email')
      .where('email', '=', 'mallory@elsewhere.example')
      .execute();
    expect(known).toStrictEqual([]);
    const record = await server.database.db
      .selectFrom('login_attempts')
      .select(['outcome', 'code', 'organization_id'])
      .where('id', '=', attempt)
      .executeTakeFirst();
    expect(record).toEqual({
      outcome: 'refused',
      code: 'email_domain_not_allowed',
      organization_id: acme.organizationId,
    });
  });

  test('shows a user who declines at the provider how to continue', async () => {
    await beginSignIn('acme');
    await page.getByRole('button', { name: 'Do not sign in' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Try again' }).click();
    // The browser goes directly to the organization's provider, without a question.
    await chooseAtProvider('Bob Engineer');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  });

  test('has one text for an inactive connection and for an unknown organization', async () => {
    await setActive(false);
    try {
      const texts: string[] = [];
      for (const identifier of ['acme', 'bob@acme.example', 'no-such-organization']) {
        await beginSignIn(identifier);
        texts.push(await page.getByRole('alert').innerText());
        expect(await page.getByLabel('Work e-mail or organization').inputValue()).toBe(identifier);
      }
      expect(texts).toStrictEqual([unavailable, unavailable, unavailable]);
    } finally {
      await setActive(true);
    }
  });

  test('is the page for a sign-in whose connection was deactivated meanwhile', async () => {
    await beginSignIn('acme');
    await page.getByRole('button', { name: 'Bob Engineer' }).waitFor();
    await setActive(false);
    try {
      await chooseAtProvider('Bob Engineer');
      await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
      expect(await page.context().cookies(server.url)).toStrictEqual([]);
    } finally {
      await setActive(true);
    }
  });
});

describe("the instance admin's password sign-in", () => {
  test('signs in and selects the organization', async () => {
    await signInAsAdmin(acme.admin.password);
    await page.getByRole('button', { name: 'Acme' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    expect(await page.locator('dl.facts').innerText()).toContain(acme.admin.email);
  });

  test('rejects a wrong password and does not show it again', async () => {
    await signInAsAdmin('not the password');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe(acme.admin.email);
    expect(await page.content()).not.toContain('not the password');
    expect(await page.context().cookies(server.url)).toStrictEqual([]);
  });
});

describe('a command-line program', () => {
  test('gets a session of its own after the user confirms', async () => {
    const program = await startProgram();
    await page.goto(`${server.url}/login?callback_port=${program.port}`);
    await page.getByLabel('Work e-mail or organization').fill('bob@acme.example');
    await page.getByRole('button', { name: 'Continue' }).click();
    await chooseAtProvider('Bob Engineer');
    await page.getByRole('heading', { name: 'Sign in your command line?' }).waitFor();
    expect(program.received).toStrictEqual([]);
    await page.getByRole('button', { name: 'Sign it in to Acme' }).click();
    await page.getByText('Your command line is signed in.').waitFor();
    await program.close();

    const [session = ''] = program.received;
    const { email, privateKey, JTWToken: token, RefreshToken: refreshToken } = JSON.parse(session);
    expect({ email, privateKey }).toStrictEqual({ email: 'bob@acme.example', privateKey: '' });
    const me = await server.call('/api/v2/users/me', { token });
    expect(me.body.user.email).toBe('bob@acme.example');
    const refreshed = await server.call('/api/v1/auth/token', {
      method: 'POST',
      headers: { cookie: `jid=${refreshToken}` },
    });
    expect(refreshed.body.organizationId).toBe(acme.organizationId);
    // The browser's own session is separate, and continues.
    await page.goto(`${server.url}/login/select-organization`);
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  });
});

async function beginSignIn(identifier: string): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.getByLabel('Work e-mail or organization').fill(identifier);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function chooseAtProvider(person: string): Promise<void> {
  await page.getByRole('button', { name: person }).click();
}

async function signIn(person: string): Promise<void> {
  await beginSignIn('acme');
  await chooseAtProvider(person);
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
}

async function signInAsAdmin(password: string): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.getByRole('link', { name: 'Sign in with your password' }).click();
  await page.getByLabel('E-mail').fill(acme.admin.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function setActive(isActive: boolean): Promise<void> {
  const json = { organizationId: acme.organizationId, isActive };
  const { status } = await server.call(configPath, { method: 'PATCH', token: acme.token, json });
  expect(status).toBe(200);
}

/** A program that waits for a session like the existing command-line client: one POST of JSON, with a CORS response. */
async function startProgram(): Promise<{ port: number; received: string[]; close(): Promise<void> }> {
  const received: string[] = [];
  const program: Server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', server.url);
    response.setHeader('access-control-allow-headers', 'content-type');
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (request.method === 'POST') received.push(body);
      response.writeHead(request.method === 'POST' ? 200 : 204).end();
    });
  });
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
  const address = program.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server has a port');
  return {
    port: address.port,
    received,
    close: async () => {
      program.closeAllConnections();
      await new Promise((resolve) => program.close(resolve));
    },
  };
}
