import { describe, expect, it } from 'vitest';

import { toMarkup } from '../../src/http/html.ts';
import { pageHeaders } from './page-headers.ts';
import { homePage, signInPage } from './pages.ts';
import { practicePeople } from './practice-people.ts';

const hostile = `<script>alert('&')</script>"`;

describe('the sign-in page', () => {
  it('has one button for each user and one to decline', () => {
    const values = [...toMarkup(signInPage(practicePeople)).matchAll(/name="person"\s+value="([^"]*)"/g)];
    expect(values.map(([, value]) => value)).toEqual(['alice', 'bob', 'carol', 'mallory', '']);
  });

  it('focuses the user whom the client hinted at', () => {
    expect(toMarkup(signInPage(practicePeople, 'bob@acme.example'))).toMatch(/value="bob"\s+autofocus/);
    expect(toMarkup(signInPage(practicePeople, 'nobody@acme.example'))).not.toContain('autofocus');
  });

  it('escapes names', () => {
    const people = practicePeople.map((person) => ({ ...person, givenName: hostile, loginName: hostile }));
    expect(toMarkup(signInPage(people))).not.toContain('<script');
    expect(toMarkup(homePage(people, hostile))).not.toContain('<script');
  });
});

describe('the headers of a page', () => {
  it('allow its form to lead to the client and to this computer', () => {
    const policy = pageHeaders('https://app.acme.example/callback?x=1')['content-security-policy'];
    expect(policy).toContain(
      "form-action 'self' http://localhost:* http://127.0.0.1:* https://app.acme.example; base-uri 'none'",
    );
  });

  it('allow no form on a page without one', () => {
    expect(pageHeaders()['content-security-policy']).toContain("form-action 'none'; base-uri 'none'");
  });
});
