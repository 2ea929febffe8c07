import { describe, expect, test } from 'vitest';

import { toMarkup } from '../../http/html.ts';
import { adminSignInPage } from './admin-sign-in-page.ts';
import { loadPageAssets, readPageAsset } from './assets.ts';
import { breakGlassPage } from './break-glass-page.ts';
import { chooseOrganizationPage } from './choose-organization-page.ts';
import { commandLinePage } from './command-line-page.ts';
import { continuePage } from './continue-page.ts';
import { errorPage } from './error-page.ts';
import { invitationOverPage, invitationPage } from './invitation-page.ts';
import { layout, type Page } from './layout.ts';
import { notFoundPage } from './not-found-page.ts';
import { signInPage } from './sign-in-page.ts';
import { signedInPage } from './signed-in-page.ts';
import { switchPage } from './switch-page.ts';

const { urls } = loadPageAssets(readPageAsset);
const at = new Date('2026-11-24T14:05:09.000Z');
const hostile = `"'></textarea></title><script>alert(1)</script>`;
const acme = { id: 'org-1', name: 'Acme', slug: 'acme', role: 'admin' } as const;

// Line breaks in the source have no meaning in markup.
function markupOf(page: Page): string {
  return toMarkup(layout(page, urls)).replace(/\s+/g, ' ');
}

describe('every page', () => {
  const pages: readonly (readonly [string, Page])[] = [
    ['sign-in', signInPage({ problem: hostile, email: hostile, returnTo: hostile })],
    ['sign-in by organization', signInPage({ organization: hostile })],
    ['administrator sign-in', adminSignInPage({ problem: hostile, email: hostile, returnTo: hostile })],
    [
      'invitation',
      invitationPage({
        token: hostile,
        organizationName: hostile,
        inviterName: hostile,
        email: hostile,
        expiresAt: at,
      }),
    ],
    ['invitation that is over', invitationOverPage()],
    ['break-glass sign-in', breakGlassPage({ problem: hostile, email: hostile, organizationSlug: hostile })],
    [
      'organization choice',
      chooseOrganizationPage({
        organizations: [{ id: hostile, name: hostile, slug: hostile, role: 'member' }],
        email: hostile,
        csrfToken: hostile,
        callbackPort: 5000,
      }),
    ],
    ['no organization', chooseOrganizationPage({ organizations: [], email: hostile, csrfToken: hostile })],
    [
      'signed in',
      signedInPage({ name: hostile, email: hostile, organizationName: hostile, expiresAt: at, csrfToken: hostile }),
    ],
    [
      'account switch',
      switchPage({
        current: { email: hostile, organizationName: hostile },
        next: { email: hostile, organizationName: hostile },
        csrfToken: hostile,
      }),
    ],
    ['command line', commandLinePage({ port: 5000, payloadBase64: hostile })],
    ['error', errorPage({ message: hostile, hint: hostile, attemptId: hostile, happenedAt: at, retryHref: hostile })],
    ['not found', notFoundPage()],
    ['continue', continuePage({ target: new URL(`https://idp.example/?q=${hostile}#${hostile}`) })],
  ];

  test.each(pages)('H274: %s: escapes all foreign text', (_name, page) => {
    const markup = markupOf(page);
    expect(markup).not.toContain('<script>');
    expect(markup).not.toContain(`"'>`);
  });

  test.each(pages)('%s: has a language, a title, one main heading, and no inline or foreign content', (_name, page) => {
    const markup = markupOf(page);
    expect(markup).toMatch(/^<!doctype html> <html lang="en">/);
    expect(markup).toContain(`<title>${page.title} · Sallyport</title>`);
    expect(markup.match(/<h1>/g)).toHaveLength(1);
    expect(markup).not.toMatch(/ style=| on[a-z]+="|<style|(?:src|action)="(?!\/)/);
  });
});

describe('the sign-in page', () => {
  test("keeps the parameters of the sign-in in its form and in the link to the instance admin's page", () => {
    const markup = markupOf(signInPage({ returnTo: '/reports?a=1&b=2', callbackPort: 5000 }));
    expect(markup).toContain('<form method="post" action="/login/start">');
    expect(markup).toContain('name="returnTo" value="/reports?a=1&amp;b=2"');
    expect(markup).toContain('name="callbackPort" value="5000"');
    expect(markup).toContain('href="/login/admin?returnTo=%2Freports%3Fa%3D1%26b%3D2&amp;callback_port=5000"');
  });

  test('fills in the address or, without one, the organization', () => {
    expect(markupOf(signInPage({ email: 'alice@acme.test', organization: 'acme' }))).toContain(
      'type="text" value="alice@acme.test"',
    );
    expect(markupOf(signInPage({ organization: 'acme' }))).toContain('type="text" value="acme"');
  });

  test('links a problem to its field, and shows nothing without a problem', () => {
    const troubled = markupOf(signInPage({ problem: 'Not available.' }));
    expect(troubled).toContain('<p class="problem" id="problem" role="alert">Not available.</p>');
    expect(troubled).toContain('aria-describedby="identifier-hint problem" aria-invalid="true"');
    expect(markupOf(signInPage({}))).not.toMatch(/problem|aria-invalid|undefined|="[^"]*false"(?<!spellcheck="false")/);
  });
});

describe("the instance admin's sign-in page", () => {
  test('focuses the first empty field', () => {
    const focused = (page: Page) => /<input id="(\w+)"[^>]* autofocus/.exec(markupOf(page))?.[1];
    expect(focused(adminSignInPage({}))).toBe('email');
    expect(focused(adminSignInPage({ email: 'admin@acme.test' }))).toBe('password');
  });
});

describe('the organization choice', () => {
  test("has one form for each organization, each with the session's form token", () => {
    const choice = { organizations: [acme, { ...acme, id: 'org-2' }], email: 'alice@acme.test', csrfToken: 'tok' };
    const markup = markupOf(chooseOrganizationPage(choice));
    expect(markup.match(/action="\/login\/select-organization"/g)).toHaveLength(2);
    expect(markup.match(/name="csrfToken" value="tok"/g)).toHaveLength(3);
    expect(markup).toContain('name="organizationId" value="org-2"');
    expect(markup).not.toContain('callbackPort');
  });

  test('names the program that would get the session before it asks', () => {
    const choice = { organizations: [acme], email: 'alice@acme.test', csrfToken: 'tok', callbackPort: 5000 };
    const markup = markupOf(chooseOrganizationPage(choice));
    expect(markup).toContain('127.0.0.1:5000');
    expect(markup).toContain('Sign it in to <bdi>Acme</bdi>');
    expect(markup).toContain('name="callbackPort" value="5000"');
    expect(markup).toContain('href="/login/select-organization"');
  });

  test('tells a user without an organization what to do, and offers nothing to a program', () => {
    const choice = { organizations: [], email: 'alice@acme.test', csrfToken: 'tok', callbackPort: 5000 };
    const markup = markupOf(chooseOrganizationPage(choice));
    expect(markup).toContain('Ask the administrator of your organization');
    expect(markup).not.toContain('5000');
  });
});

describe('the error page', () => {
  test('groups the attempt id for reading aloud without changing what is copied', () => {
    const attemptId = '0f8c2a1e-5b7d-4c39-9e21-7a64d0b3f512';
    const markup = markupOf(errorPage({ message: 'No.', attemptId, happenedAt: at, retryHref: '/login' }));
    const code = /<code class="attempt">(.*?)<\/code>/.exec(markup)?.[1] ?? '';
    expect(code).toContain('<span>0f8c</span><span>2a1e-</span><span>5b7d-</span>');
    expect(code.replace(/<[^>]+>/g, '')).toBe(attemptId);
    expect(markup).toContain('<time datetime="2026-11-24T14:05:09.000Z">24 November 2026 at 14:05:09 UTC</time>');
  });

  test('shows no attempt id without an attempt', () => {
    const markup = markupOf(errorPage({ message: 'No.', happenedAt: at, retryHref: '/login' }));
    expect(markup).not.toMatch(/Attempt|<time|undefined/);
    expect(markup).toContain('href="/login">Try again</a>');
  });
});

describe('the command-line page', () => {
  test('contains the text to paste without a character around it', () => {
    const markup = toMarkup(layout(commandLinePage({ port: 5000, payloadBase64: 'eyJhIjoxfQ==' }), urls));
    expect(markup).toMatch(/<textarea[^>]*>eyJhIjoxfQ==<\/textarea>/);
  });

  test('may connect to that one port, and no other page may connect anywhere', () => {
    expect(commandLinePage({ port: 5000, payloadBase64: '' })).toMatchObject({
      script: true,
      extraConnectSrc: 'http://127.0.0.1:5000',
    });
    expect(signInPage({}).extraConnectSrc).toBeUndefined();
  });
});
