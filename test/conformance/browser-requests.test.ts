import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

import { beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import {
  type SceneOrganization,
  beginSignIn,
  expectTurnedAway,
  hasSession,
  loginUrl,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

let organization: SceneOrganization;

const scene = useLoginScene('sqlite');
beforeAll(async () => {
  organization = await scene.addOrganization();
});

const hidden = 'GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const callbackPath = '/api/v1/sso/oidc/callback';

describe('hostile browser requests', () => {
  it('H121: a local program gets no session until the user confirms it on a page of the server that names it', async () => {
    const { answer, browser } = await signIn(scene, { organization, query: { callbackPort: '45454' } });
    const before = await readEverything(scene.server.database);
    const page = await browser.visit(answer.location);
    expect(page.text).toContain('127.0.0.1:45454');
    expect(page.text).toContain('Go on only if you have just started it yourself.');
    expect(page.text).not.toMatch(/<script|data-payload|http-equiv/);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)?.[1] ?? '';
    const form = { organizationId: field('organizationId'), callbackPort: '45454', csrfToken: field('csrfToken') };
    const url = `${scene.server.url}/login/select-organization`;
    const crossSite = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } };
    expect((await browser.visit(url, { form, ...crossSite })).status).toBe(403);
    expect((await browser.visit(url, { form: { ...form, csrfToken: 'x' } })).status).toBe(403);
    await expectUntouched(scene.server.database, before);
    const handed = await browser.visit(url, { form });
    expect(handed.status).toBe(200);
    expect(handed.text).toContain('data-port="45454"');
  });

  it('H119, H130: rejects a parameter that appears twice', async () => {
    const good = { callbackPort: '45454', orgSlug: organization.slug };
    for (const name of ['callbackPort', 'orgSlug'] as const) {
      const url = `${loginUrl(scene, good)}&${name}=${good[name]}`;
      await expectTurnedAway(scene, 'validation_failed', () => openBrowser().visit(url));
    }
  });

  it('H122: a forged host header changes neither the redirect URI nor a link', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    const start = await raw({ path: `/api/v1/sso/oidc/login?orgSlug=${organization.slug}`, headers });
    const location = new URL(start.headers.location ?? '');
    expect(location.searchParams.get('redirect_uri')).toBe(`${scene.server.url}${callbackPath}`);
    for (const path of ['/login', `${callbackPath}?state=x`, '/login/error?code=attempt_missing', '/']) {
      const answer = await raw({ path, headers });
      expect(JSON.stringify(answer)).not.toContain('evil.example');
    }
  });

  it.each([
    [
      'a length and chunks',
      'POST /login/start HTTP/1.1',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ],
    ['two lengths', 'POST /login/start HTTP/1.1', ['Content-Length: 5', 'Content-Length: 0'], ''],
    ['a blank before the colon', 'POST /login/start HTTP/1.1', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a folded header', 'GET /login HTTP/1.1', ['X-A: a\r\n b: c', 'Content-Length : 3'], ''],
  ])('H123: %s end the connection with 400, and no second request is read', async (_what, line, headers, body) => {
    const answer = await overSocket(`${line}\r\nHost: localhost\r\n${headers.join('\r\n')}\r\n\r\n${body}${hidden}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('H123: a disguised chunked body smuggles no second request', async () => {
    const head = 'POST /login/start HTTP/1.1\r\nHost: localhost\r\n';
    const answer = await overSocket(`${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`);
    expect(answer).toMatch(/HTTP\/1\.1 400 (?![^]*HTTP\/1\.1)/);
    expect(answer).not.toContain('isBootstrapped');
    // The same request at the permitted place is answered, so a smuggled one would have been seen.
    expect(await overSocket(`GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n${hidden}`)).toContain('isBootstrapped');
  });

  it('H123: an absolute URL in the request line does not change where the server redirects', async () => {
    const query = `orgSlug=${organization.slug}`;
    const answer = await overSocket(
      `GET http://evil.example/api/v1/sso/oidc/login?${query} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (?:302|400|404) /);
    expect(answer).not.toContain('evil.example');
  });

  it('H124: every page and error page forbids framing', async () => {
    const { browser } = await signIn(scene, { organization });
    const paths = ['/login', '/login/admin', '/login/select-organization', '/login/error?code=x', '/login/break-glass'];
    for (const path of paths) {
      const { status, headers } = await browser.visit(`${scene.server.url}${path}`);
      expect([path, [200, 400].includes(status)]).toEqual([path, true]);
      expect([path, headers.get('content-security-policy')]).toEqual([
        path,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
    const refused = await browser.visit(`${scene.server.url}/login/logout`, { form: { csrfToken: 'x' } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('H127: never answers a form with a redirect that would resend it', async () => {
    const { admin } = scene.boot;
    const browser = openBrowser();
    const post = async (path: string, form: Record<string, string>) =>
      browser.visit(`${scene.server.url}${path}`, { form });
    const entered = await post('/login/admin', { email: admin.email, password: admin.password });
    expect([entered.status, hasSession(browser)]).toEqual([303, true]);
    const page = await browser.visit(`${scene.server.url}/login/select-organization`);
    const csrfToken = /name="csrfToken" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const organizationId = /name="organizationId" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await post('/login/select-organization', { csrfToken, organizationId })).status).toBe(303);
    const next = await browser.visit(`${scene.server.url}/login/select-organization`);
    const nextToken = /name="csrfToken" value="([^"]+)"/.exec(next.text)?.[1] ?? '';
    expect((await post('/login/logout', { csrfToken: nextToken })).status).toBe(303);
    // The form's response is a page that leads to the provider, not a redirect.
    expect((await post('/login/start', { identifier: organization.slug })).status).toBe(200);
    expect((await post('/login/select-organization', {})).status).toBe(303);
  });

  it('H129: ignores an issuer and a target that a third party names', async () => {
    const foreign = { iss: 'https://evil.example', target_link_uri: 'https://evil.example/' };
    await expectTurnedAway(scene, 'sign_in_unavailable', () => openBrowser().visit(loginUrl(scene, foreign)));
    const { answer } = await signIn(scene, { organization, query: foreign });
    expect(answer.location).toBe(`${scene.server.url}/login/select-organization`);
  });

  const nasty: readonly [string, Record<string, string>][] = [
    ['a slug with a line break', { orgSlug: 'acme\r\nset-cookie: a=b' }],
    ['a slug of SQL', { orgSlug: "' or 1=1 --" }],
    ['a slug in another script', { orgSlug: 'аcme' }],
    ['a slug with a NUL', { orgSlug: 'acme\0' }],
    ['a slug of 10,000 characters', { orgSlug: 'a'.repeat(10_000) }],
    ['a domain with a line break', { domain: 'acme.example\r\nset-cookie: a=b' }],
    ['a domain of 10,000 characters', { domain: 'a'.repeat(10_000) }],
    ['a domain of SQL', { domain: "x' union select * from users --" }],
    ['an address with a line break', { email: 'a@acme.example\r\nset-cookie: a=b' }],
    ['an address of 10,000 characters', { email: `${'a'.repeat(10_000)}@acme.example` }],
  ];

  it.each(nasty)('H130: %s finds no organization', async (_what, query) => {
    const before = await readEverything(scene.server.database);
    const { status, location, headers } = await openBrowser().visit(loginUrl(scene, query));
    expect(status).toBe(302);
    expect(location).toMatch(/\/login\/error\?code=(?:sign_in_unavailable|validation_failed)$/);
    expect(headers.getSetCookie()).toEqual([]);
    await expectUntouched(scene.server.database, before);
  });

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE'])(
    'H133: %s of the callback leaves the sign-in attempt unused, so that it can continue',
    async (method) => {
      const browser = openBrowser();
      const good = await beginSignIn(scene, { organization, browser });
      const cookie = [...browser.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');
      const before = await readEverything(scene.server.database);
      const answer = await raw({ method, path: `${good.pathname}${good.search}`, headers: { cookie } });
      // OPTIONS returns the allowed methods.
      expect(method === 'OPTIONS' ? [204] : [404, 405]).toContain(answer.status);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.text).not.toContain(cookie);
      await expectUntouched(scene.server.database, before);
      expect((await browser.visit(good)).location).toBe(`${scene.server.url}/login/select-organization`);
    },
  );
});

interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** A request that browsers do not let pages send: with any method and any `Host`. */
async function raw({ method = 'GET', path, headers }: RawRequest) {
  const { port } = new URL(scene.server.url);
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

/** Sends bytes, and returns the whole response until the server closes the connection. */
async function overSocket(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(scene.server.url).port), '127.0.0.1', () => void socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
