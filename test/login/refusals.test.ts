import { beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  beginSignIn,
  expectRefusal,
  expectTurnedAway,
  loginUrl,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import { expectOnlyRecordOf, readEverything } from '../support/stored-rows.ts';

describe.each(engines)('the response to a refused sign-in (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:owner, void.example:nobody' });
  beforeAll(async () => {
    organization = await scene.addOrganization({ slug: 'owner', config: { allowedEmailDomains: 'other.example' } });
  });

  const json = { accept: 'application/json' };

  it('is JSON at the callback if the client asks for JSON', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const before = await readEverything(scene.server.database);
    const { status, headers, text } = await browser.visit(callback, { headers: json });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toEqual({
      reqId: expect.any(String),
      statusCode: status,
      error: 'PermissionDenied',
      message:
        'Users with your e-mail domain may not sign in to this organization. Use another account, or ask your admin.',
      code: 'email_domain_not_allowed',
    });
    expect(status).toBe(403);
    const attempts = await scene.server.database.db.selectFrom('login_attempts').select('id').execute();
    const earlier = new Set(before.get('login_attempts')?.map(({ id }) => id));
    const [attempt] = attempts.filter(({ id }) => !earlier.has(id));
    await expectOnlyRecordOf(scene.server.database, before, attempt?.id ?? '');
  });

  it('is JSON at the start if the client asks for JSON', async () => {
    const { status, text } = await openBrowser().visit(loginUrl(scene, { orgSlug: 'nobody' }), { headers: json });
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 404, code: 'sign_in_unavailable' });
  });

  it('is a page for a browser that also accepts JSON', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    const headers = { accept: 'text/html,application/json;q=0.9' };
    await expectRefusal(scene, 'email_domain_not_allowed', () => browser.visit(callback, { headers }));
  });

  it("is a page that shows the attempt's id and no claims", async () => {
    const claims = {
      sub: 'secret-subject',
      email: 'mallory@acme.example',
      given_name: 'Secretly',
      family_name: 'Named',
    };
    organization.idp.setClaims(claims);
    const { answer, browser } = await signIn(scene, { organization });
    const page = await browser.visit(answer.location);
    expect(page.status).toBe(403);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const attemptId = new URL(answer.location).searchParams.get('attempt') ?? '';
    expect(page.text.replaceAll(/<\/?span>/g, '')).toContain(attemptId);
    expect(page.text).toContain(
      'Users with your e-mail domain may not sign in to this organization. Use another account, or ask your admin.',
    );
    for (const claim of Object.values(claims)) expect(page.text).not.toContain(claim);
    expect(page.text).not.toContain(organization.idp.issuer);
  });

  it('H110: is a page without any text of the provider', async () => {
    organization.idp.mutate({
      callback: (parameters) => {
        parameters.delete('code');
        parameters.set('error', 'access_denied');
        parameters.set('error_description', 'call this number: 0123');
      },
    });
    const { answer, browser } = await signIn(scene, { organization });
    organization.idp.mutate({ callback: undefined });
    const page = await browser.visit(answer.location);
    expect(page.text).toContain('Your identity provider denied the sign-in.');
    expect(page.text).not.toContain('0123');
  });

  it.each([
    '?attempt=<script>alert(1)</script>',
    '?code=<b>x</b>',
    '?code=id_token_invalid',
    '?attempt=a&attempt=b',
    '',
  ])('is a page of general text for %j, which no redirect names', async (search) => {
    const page = await openBrowser().visit(`${scene.server.url}/login/error${search}`);
    expect(page.status).toBe(400);
    expect(page.text).toContain('You could not be signed in. Start again.');
    expect(page.text).not.toMatch(/<script>|<b>x/);
  });

  it('is also available at the documented path', async () => {
    const { status, location } = await openBrowser().visit(
      `${scene.server.url}/api/v1/sso/oidc/login/error?code=sign_in_unavailable`,
    );
    expect({ status, location }).toEqual({
      status: 302,
      location: `${scene.server.url}/login/error?code=sign_in_unavailable`,
    });
  });

  it('H130, H131: is identical for everything that has no sign-in', async () => {
    const inactive = await scene.addOrganization({ config: { isActive: false } });
    const queries: Record<string, string>[] = [
      { orgSlug: 'no-such-organization' },
      { orgSlug: inactive.slug },
      { orgSlug: scene.boot.slug },
      { domain: 'unknown.example' },
      { domain: 'void.example' },
      { domain: 'not a domain' },
      { email: 'alice@unknown.example' },
      { email: 'not an address' },
      {},
    ];
    const answers = [];
    for (const query of queries) {
      await expectTurnedAway(scene, 'sign_in_unavailable', () => openBrowser().visit(loginUrl(scene, query)));
      const { status, text } = await openBrowser().visit(loginUrl(scene, query), { headers: json });
      answers.push(JSON.stringify({ status, ...JSON.parse(text), reqId: '' }));
    }
    expect(answers).toHaveLength(9);
    expect(new Set(answers).size).toBe(1);
  });

  it.each([
    ['a domain', { domain: 'acme.example' }],
    ['an address', { email: 'Alice@ACME.example' }],
    ['a slug in capitals', { orgSlug: 'OWNER' }],
    ['a domain rather than a slug', { domain: 'acme.example', orgSlug: 'no-such-organization' }],
  ])('is a redirect for %s that leads to an organization', async (_name, query) => {
    const { location } = await openBrowser().visit(loginUrl(scene, query));
    expect(location.startsWith(`${organization.idp.url}/authorize?`)).toBe(true);
  });
});

describe.each(engines)('the target of a sign-in (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_RETURN_TO_ALLOW: 'https://app.acme.example' });
  beforeAll(async () => {
    organization = await scene.addOrganization();
  });

  it.each([
    ['/reports?year=2026#top', '/reports?year=2026#top'],
    ['https://app.acme.example/home?a=b', 'https://app.acme.example/home?a=b'],
    ['', '/login/select-organization'],
  ])('is %j if returnTo says so', async (returnTo, location) => {
    const { answer } = await signIn(scene, { organization, query: { returnTo } });
    expect(answer.location).toBe(new URL(location, scene.server.url).href);
  });

  it.each([
    '//evil.example',
    'https://evil.example/',
    String.raw`/\evil.example`,
    'https://app.acme.example.evil.example/',
    'https://app.acme.example@evil.example/',
    'http://app.acme.example/',
    'javascript:alert(1)',
    '/..//evil.example',
  ])('H118: is never %j, which is rejected before the redirect', async (returnTo) => {
    const before = organization.idp.requests.length;
    await expectTurnedAway(scene, 'return_to_refused', () =>
      openBrowser().visit(loginUrl(scene, { orgSlug: organization.slug, returnTo })),
    );
    expect(organization.idp.requests).toHaveLength(before);
  });

  it('H120: cannot be changed by the callback', async () => {
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('returnTo', 'https://evil.example/');
    callback.searchParams.set('callbackPort', '4000');
    expect((await browser.visit(callback)).location).toBe(`${scene.server.url}/login/select-organization`);
  });

  it('H120: is the confirmation page for a program that waits at a port', async () => {
    const { answer } = await signIn(scene, { organization, query: { callbackPort: '43210' } });
    expect(answer.location).toBe(`${scene.server.url}/login/select-organization?callback_port=43210`);
  });

  it.each([
    '0',
    '80',
    '1023',
    '65536',
    '99999',
    '-1',
    '1e3',
    '4e3',
    '0x1000',
    '8080@evil.example',
    '80801/../',
    '8080#x',
    'NaN',
  ])('H119: is never the port %j', async (callbackPort) => {
    await expectTurnedAway(scene, 'validation_failed', () =>
      openBrowser().visit(loginUrl(scene, { orgSlug: organization.slug, callbackPort })),
    );
  });
});
