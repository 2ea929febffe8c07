import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { useBrowser } from '../support/browser.ts';
import {
  type Glewlwyd,
  type GlewlwydAlgorithm,
  glewlwydAlgorithms,
  hasGlewlwyd,
  startGlewlwyd,
} from '../support/glewlwyd.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

/*
 * Sign-ins through a provider that shares no code with this project or the other tests' provider: Glewlwyd, in C, with
 * its own pages, its own JOSE library and its own implementation of the standards.
 */

// With characters that must be form-encoded (RFC 6749, section 2.3.1). This provider does not decode them.
const client = { clientId: 'sallyport', clientSecret: 'a+secret/of=the!client-that-is-long-enough-for-a-MAC' };
// One for each of the program's issuers, because an account belongs to the issuer that created it.
const people = glewlwydAlgorithms.map((algorithm) => ({
  username: `ada-${algorithm.toLowerCase()}`,
  password: 'correct horse battery',
  email: `ada-${algorithm.toLowerCase()}@acme.example`,
  givenName: 'Ada',
  familyName: `of ${algorithm}`,
  groups: ['Engineering', 'Staff'],
}));
const configPath = '/api/v1/sso/oidc/config';

const browser = useBrowser();
let server: TestServer;
let glewlwyd: Glewlwyd;
let acme: Bootstrapped;
let page: Page;

const isInstalled = hasGlewlwyd();

describe('Glewlwyd', () => {
  beforeAll(async () => {
    if (!isInstalled) return;
    server = await startTestServer({ engine: 'sqlite' });
    const redirectUri = `${server.url}/api/v1/sso/oidc/callback`;
    glewlwyd = await startGlewlwyd({ ...client, redirectUri, people });
    acme = await bootstrap(server);
    for (const name of ['Engineering', 'Board']) {
      await server.call('/api/v1/groups', { token: acme.token, json: { name } });
    }
    await store('POST', {
      ...client,
      ...placeOf('discoveryURL', 'RS256'),
      isActive: true,
      manageGroupMemberships: true,
    });
  });

  beforeEach(async ({ skip }) => {
    skip(!isInstalled, 'glewlwyd is not installed here');
    page = await browser.newPage();
  });

  afterAll(async () => {
    if (!isInstalled) return;
    await server.close();
    await glewlwyd.close();
  });

  const kinds = (['discoveryURL', 'custom'] as const).flatMap((type) =>
    glewlwydAlgorithms.map((algorithm) => ({ type, algorithm })),
  );

  test.each(kinds)('signs a user in with $algorithm and the type $type', async ({ type, algorithm }) => {
    await configure(type, algorithm);
    await signIn(algorithm);
    const facts = await page.locator('dl.facts').innerText();
    const { email } = personOf(algorithm);
    for (const fact of [`Ada of ${algorithm}`, email, 'Acme']) expect(facts).toContain(fact);
  });

  test('provides the groups that exist here, and no others', async () => {
    await configure('discoveryURL', 'RS256');
    await signIn('RS256');
    const { body: groups } = await server.call('/api/v1/groups', { token: acme.token });
    const members = await Promise.all(
      groups.map(async ({ id, name }: { id: string; name: string }) => {
        const { body } = await server.call(`/api/v1/groups/${id}/users`, { token: acme.token });
        return [name, body.users.filter(isMember).map(({ email }: { email: string }) => email)];
      }),
    );
    expect(Object.fromEntries(members)).toMatchObject({
      Engineering: expect.arrayContaining([personOf('RS256').email]),
      Board: [],
    });
  });

  test('works at once with a rotated key although the previous one was cached', async () => {
    await configure('discoveryURL', 'EdDSA');
    await signIn('EdDSA');
    await glewlwyd.rotateKey('EdDSA');
    page = await browser.newPage();
    await signIn('EdDSA');
    expect(await page.locator('dl.facts').innerText()).toContain(personOf('EdDSA').email);
  });

  test('is rejected if it signs with another algorithm than the configured one', async () => {
    await configure('discoveryURL', 'RS256', { jwtSignatureAlgorithm: 'RS512' });
    await expectRefusal('id_token_algorithm_mismatch');
  });

  test('rejects a wrong client secret, and the sign-in record says so', async () => {
    await configure('discoveryURL', 'RS256', { clientSecret: 'not the secret of the client at all' });
    await expectRefusal('idp_client_refused');
  });
});

function personOf(algorithm: GlewlwydAlgorithm) {
  const person = people[glewlwydAlgorithms.indexOf(algorithm)];
  if (person === undefined) throw new TypeError('each algorithm has its person');
  return person;
}

function isMember(user: { isPartOfGroup: boolean }): boolean {
  return user.isPartOfGroup;
}

function placeOf(configurationType: 'custom' | 'discoveryURL', algorithm: GlewlwydAlgorithm) {
  const issuer = glewlwyd.issuer(algorithm);
  const shared = { configurationType, jwtSignatureAlgorithm: algorithm };
  if (configurationType === 'discoveryURL') return { ...shared, discoveryURL: issuer };
  return {
    ...shared,
    issuer,
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    userinfoEndpoint: `${issuer}/userinfo`,
    jwksUri: `${issuer}/jwks`,
  };
}

async function configure(
  type: 'custom' | 'discoveryURL',
  algorithm: GlewlwydAlgorithm,
  otherwise: Readonly<Record<string, string>> = {},
): Promise<void> {
  await store('PATCH', { clientSecret: client.clientSecret, ...placeOf(type, algorithm), ...otherwise });
}

async function store(method: 'POST' | 'PATCH', settings: object): Promise<void> {
  const json = { organizationId: acme.organizationId, ...settings };
  const { status, text } = await server.call(configPath, { method, token: acme.token, json });
  if (status !== 200) throw new Error(text);
}

async function signIn(algorithm: GlewlwydAlgorithm): Promise<void> {
  await enterCredentials(algorithm);
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
}

async function expectRefusal(code: string): Promise<void> {
  await enterCredentials('RS256');
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  const attempt = new URL(page.url()).searchParams.get('attempt') ?? '';
  const record = await server.database.db
    .selectFrom('login_attempts')
    .select('code')
    .where('id', '=', attempt)
    .executeTakeFirst();
  expect(record).toEqual({ code });
  expect(await page.context().cookies(server.url)).toStrictEqual([]);
}

// The provider's own pages: name and password, at the first sign-in also the consent for scopes, then the redirect.
async function enterCredentials(algorithm: GlewlwydAlgorithm): Promise<void> {
  const { username, password } = personOf(algorithm);
  await page.goto(`${server.url}/api/v1/sso/oidc/login?orgSlug=${acme.slug}`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('#password').press('Enter');
  const grant = page.getByRole('button', { name: 'Grant access' });
  const onward = page.getByRole('button', { name: 'Continue' });
  await grant.or(onward).first().waitFor();
  if (await grant.isVisible()) {
    for (const scope of ['profile', 'email']) await page.locator(`#grant-${scope}`).check();
    await grant.click();
  }
  await onward.click();
}
