import { expect, test } from 'vitest';

import { checkReturnTo } from './return-to.ts';

const rule = { site: 'https://sso.acme.example', allowedOrigins: ['https://app.acme.example'] };

test.each([
  ['/', '/'],
  ['/a/b?c=d#e', '/a/b?c=d#e'],
  ['https://sso.acme.example', '/'],
  ['https://sso.acme.example/a?b=c#d', '/a?b=c#d'],
  ['HTTPS://SSO.acme.example:443/a', '/a'],
  ['https://app.acme.example/home', 'https://app.acme.example/home'],
])('allows %j', (returnTo, target) => {
  expect(checkReturnTo(returnTo, rule)).toBe(target);
});

test.each([
  '//evil.example',
  'https://sso.acme.example//evil.example',
  'https:/a',
  'https:a',
  'a',
  'https://sso.acme.example.evil.example/',
  'https://sso.acme.example@evil.example/',
  'http://sso.acme.example/',
  String.raw`/\evil.example`,
  String.raw`\\evil.example`,
  'https:evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '%2f%2fevil.example',
  '/\n/evil.example',
  'data:text/html,x',
  '/\t/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  'https://app.acme.example.evil.example/',
  'https://app.acme.example@evil.example/',
  'https://user@app.acme.example/',
  'http://app.acme.example/',
  '//app.acme.example/',
  'relative',
])('H118: %j is refused', (returnTo) => {
  expect(checkReturnTo(returnTo, rule)).toBeUndefined();
});
