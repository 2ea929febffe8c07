import axe from 'axe-core';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { useBrowser } from '../../../test/support/browser.ts';
import { html } from '../../http/html.ts';
import { sendPage } from '../../http/page-reply.ts';
import { adminSignInPage } from './admin-sign-in-page.ts';
import { loadPageAssets, readPageAsset } from './assets.ts';
import { applicationPage } from './application-page.ts';
import { breakGlassPage } from './break-glass-page.ts';
import { chooseOrganizationPage } from './choose-organization-page.ts';
import { commandLinePage } from './command-line-page.ts';
import { continuePage } from './continue-page.ts';
import { errorPage } from './error-page.ts';
import { invitationOverPage, invitationPage } from './invitation-page.ts';
import { layout, type Page } from './layout.ts';
import { notFoundPage } from './not-found-page.ts';
import { providerProblemPage } from './provider-problem-page.ts';
import { signInPage } from './sign-in-page.ts';
import { signedInPage } from './signed-in-page.ts';
import { switchPage } from './switch-page.ts';

const at = new Date('2026-11-24T14:05:09Z');
const session = { email: 'zoë@acme.test', privateKey: '', JTWToken: 'access', RefreshToken: 'refresh' };
const payloadBase64 = Buffer.from(JSON.stringify(session)).toString('base64');
const longName = 'An organization with a name that is much longer than any screen of a telephone is wide';

/** A server on another web origin, and the requests it received. */
interface OtherSite {
  readonly app: FastifyInstance;
  readonly url: URL;
  readonly received: Pick<FastifyRequest, 'headers' | 'body'>[];
}

/** The pages of `samplePages` that do nothing automatically. */
const staticPages = [
  'sign-in',
  'admin',
  'break-glass',
  'choose',
  'signed-in',
  'switch',
  'error',
  'invitation',
  'invitation-over',
  'not-found',
  'application',
  'provider-problem',
];

const browser = useBrowser();
let site: FastifyInstance;
let siteUrl: string;
let idp: OtherSite;
let program: OtherSite;
/** The site's response to a form. */
let start: 'continue' | 'redirect';
let startOrigins: (string | undefined)[];

beforeAll(async () => {
  // The provider redirects the browser once more, like a provider that delegates to another one.
  idp = await startOtherSite((app) => {
    app.get('/authorize', (_request, reply) => reply.redirect(`http://localhost:${idp.url.port}/elsewhere`, 302));
    app.get('/elsewhere', (_request, reply) => reply.type('text/html').send('<!doctype html><h1>Provider</h1>'));
  });
  program = await startOtherSite((app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'access-control-allow-origin': siteUrl, 'access-control-allow-headers': 'content-type' });
    });
    app.options('/', (_request, reply) => reply.code(204).send());
    app.post('/', async () => ({}));
  });
  site = buildSite();
  siteUrl = await site.listen({ port: 0, host: '127.0.0.1' });
});

beforeEach(() => {
  start = 'continue';
  startOrigins = [];
  for (const other of [idp, program]) other.received.length = 0;
});

afterAll(() => Promise.all([site.close(), idp.app.close(), program.app.close()]));

describe('a form that leads to another site', () => {
  test('works through the page that continues, and "back" returns to the form', async () => {
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/sign-in`);
    await page.getByLabel('Work e-mail or organization').fill('alice@acme.test');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Provider' }).waitFor();
    expect(page.url()).toBe(`http://localhost:${idp.url.port}/elsewhere`);
    // Not "null", so that the site can distinguish its own form from a foreign one. The provider does not learn the
    // page.
    expect(startOrigins).toStrictEqual([siteUrl]);
    expect(idp.received[0]?.headers.referer).toBeUndefined();
    await page.goBack();
    expect(page.url()).toBe(`${siteUrl}/sign-in`);
  });

  test('is blocked by the browser if the response is a redirect', async () => {
    start = 'redirect';
    const page = await browser.newPage();
    const complaint = page.waitForEvent('console', (message) => message.text().includes('form-action'));
    await page.goto(`${siteUrl}/sign-in`);
    await page.getByLabel('Work e-mail or organization').fill('alice@acme.test');
    await page.getByRole('button', { name: 'Continue' }).click();
    await complaint;
    expect(idp.received).toHaveLength(0);
  });
});

describe('the command-line page', () => {
  test('passes the session to the program', async () => {
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/command-line`);
    await page.getByRole('status').getByText('Your command line is signed in.').waitFor();
    expect(program.received.map(({ body }) => body).filter(Boolean)).toStrictEqual([session]);
    expect(await page.locator('details').getAttribute('open')).toBeNull();
  });

  test('shows the text to paste if the program does not answer', async () => {
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/command-line-gone`);
    await page.getByRole('status').getByText('could not be reached').waitFor();
    expect(await page.getByLabel('Copy this and paste it').inputValue()).toBe(payloadBase64);
  });

  test('shows the text to paste without JavaScript', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${siteUrl}/command-line`);
    await page.getByText('Copy the token by hand').click();
    expect(await page.getByLabel('Copy this and paste it').inputValue()).toBe(payloadBase64);
    expect(program.received).toHaveLength(0);
  });
});

describe('every page', () => {
  test.each(staticPages)('%s fits 320 pixels, without errors in the browser console', async (name) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 600 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    await page.goto(`${siteUrl}/${name}`, { waitUntil: 'load' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await page.evaluate('document.querySelector(".brand img").naturalWidth')).toBeGreaterThan(0);
    expect(complaints).toStrictEqual([]);
  });

  test.each(staticPages)('%s passes all automatic accessibility checks, light and dark', async (name) => {
    // Otherwise, a colour in transition would be measured.
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    await page.goto(`${siteUrl}/${name}`, { waitUntil: 'load' });
    await page.evaluate(axe.source);
    const violationsOf = async (run: string) => {
      const { violations } = await page.evaluate<axe.AxeResults>(run);
      return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
    };
    expect(await violationsOf('axe.run()')).toStrictEqual([]);
    // The dark theme differs only in colours.
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOf('axe.run({ runOnly: ["color-contrast"] })')).toStrictEqual([]);
  });

  test('can be operated with the keyboard, in reading order', async () => {
    const page = await browser.newPage();
    await page.goto(`${siteUrl}/sign-in`);
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
    const order = [await focused()];
    for (let step = 0; step < 2; step += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toStrictEqual(['identifier', 'Continue', 'Sign in with your password']);
  });
});

function buildSite(): FastifyInstance {
  const assets = loadPageAssets(readPageAsset);
  const app = Fastify({ forceCloseConnections: true });
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, body, done) => {
    body.resume().on('end', () => done(null, undefined));
  });
  app.get<{ Params: { name: string }; Querystring: { v?: string } }>('/assets/:name', (request, reply) => {
    const answer = assets.answer({ name: request.params.name, version: request.query.v });
    return answer === undefined ? reply.code(404).send() : reply.headers(answer.headers).send(answer.body);
  });
  for (const [name, makePage] of Object.entries(samplePages())) {
    app.get(`/${name}`, (_request, reply) => {
      const page = makePage();
      return sendPage(reply, layout(page, assets.urls), { status: 200, policy: page });
    });
  }
  app.post('/login/start', (request, reply) => {
    startOrigins.push(request.headers.origin);
    const target = new URL('/authorize?scope=openid%20email&state=a"\'b', idp.url);
    if (start === 'redirect') return reply.redirect(target.href, 303);
    return sendPage(reply, layout(continuePage({ target }), assets.urls), { status: 200 });
  });
  // Chromium requests it automatically if a page names no icon.
  app.setNotFoundHandler((_request, reply) => sendPage(reply, html`not found`, { status: 404 }));
  return app;
}

function samplePages(): Readonly<Record<string, () => Page>> {
  const person = { email: `${'long'.repeat(15)}@acme.test`, csrfToken: 'token' };
  const organization = { id: 'org-1', name: longName.replaceAll(' ', ''), slug: 'acme', role: 'member' } as const;
  return {
    'sign-in': () => signInPage({}),
    admin: () => adminSignInPage({ problem: 'The password is wrong.', email: person.email }),
    'break-glass': () =>
      breakGlassPage({ problem: 'This code is not valid.', organizationSlug: 'acme', email: person.email }),
    'not-found': notFoundPage,
    choose: () => chooseOrganizationPage({ ...person, organizations: [organization], callbackPort: 5000 }),
    'signed-in': () => signedInPage({ ...person, name: longName, organizationName: organization.name, expiresAt: at }),
    switch: () =>
      switchPage({
        current: { email: person.email, organizationName: organization.name },
        next: { email: person.email, organizationName: longName },
        csrfToken: person.csrfToken,
      }),
    invitation: () => {
      const names = { organizationName: organization.name, inviterName: person.email };
      return invitationPage({ ...names, token: 'x'.repeat(43), email: person.email, expiresAt: at });
    },
    'invitation-over': invitationOverPage,
    application: () =>
      applicationPage({
        requestId: 'x',
        applicationName: longName,
        identifier: '',
        problem: 'Sign-in is not available.',
        organizations: [{ id: organization.id, name: organization.name, email: person.email }],
      }),
    'provider-problem': () => providerProblemPage('invalid_redirect_uri', 'The redirect URI is not registered.'),
    error: () =>
      errorPage({
        message: 'Your identity provider does not respond.',
        attemptId: '0f8c2a1e-5b7d-4c39-9e21-7a64d0b3f512',
        happenedAt: at,
        retryHref: '/sign-in',
      }),
    'command-line': () => commandLinePage({ port: Number(program.url.port), payloadBase64 }),
    // Browsers block port 1 (Fetch, "port blocking"), so no program can listen there by chance.
    'command-line-gone': () => commandLinePage({ port: 1, payloadBase64 }),
  };
}

async function startOtherSite(addRoutes: (app: FastifyInstance) => void): Promise<OtherSite> {
  const received: OtherSite['received'] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('preHandler', async ({ headers, body }) => void received.push({ headers, body }));
  addRoutes(app);
  return { app, url: new URL(await app.listen({ port: 0, host: '127.0.0.1' })), received };
}
