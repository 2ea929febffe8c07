import { expect, it } from 'vitest';

import { hasEmailAuthority } from './email-authority.ts';
import { generic } from './generic.ts';
import { googleWorkspace } from './vendors/google-workspace.ts';
import { profiles } from './profiles.ts';
import { recogniseProfile } from './recognise-profile.ts';

const google = 'https://accounts.google.com';

it.each([
  [{ hd: 'acme.example' }, 'acme.example', true],
  [{ hd: 'ACME.example' }, 'acme.example', true],
  [{}, 'gmail.com', true],
  [{}, 'googlemail.com', true],
  [{}, 'acme.example', false],
  [{ hd: 'other.example' }, 'acme.example', false],
  [{ hd: 'sub.acme.example' }, 'acme.example', false],
  [{ hd: ['acme.example'] }, 'acme.example', false],
  [{ hd: true }, 'acme.example', false],
] as const)('Google with the claims %o may assert an address of %s: %s', (claims, domain, expected) => {
  expect(hasEmailAuthority(googleWorkspace, { issuer: google, claims, domain })).toBe(expected);
});

it('the email authority of Google does not apply to another issuer, or to another profile', () => {
  const asserted = { issuer: 'https://idp.example', claims: {}, domain: 'acme.example' };
  expect(hasEmailAuthority(googleWorkspace, asserted)).toBe(true);
  expect(hasEmailAuthority(generic, { ...asserted, issuer: google })).toBe(true);
});

it('the profile of Google depends on the issuer, wherever the endpoints are', () => {
  for (const rule of profiles.flatMap(({ recognition }) => recognition)) {
    const endpoints = Object.entries(rule.endpoints ?? {}).map(([name, path]) => [
      name,
      `https://idp.example${path.replaceAll('*', 'x')}`,
    ]);
    expect(recogniseProfile({ issuer: google, ...Object.fromEntries(endpoints) }).profile.id).toBe(googleWorkspace.id);
  }
});
