import { describe, expect, it } from 'vitest';

import { profiles } from './profiles.ts';
import { describeRule, type ProviderFacts, recogniseProfile } from './recognise-profile.ts';

const realms = 'https://sso.acme.example/realms/acme';

const table: readonly [facts: ProviderFacts, id: string][] = [
  [{ issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0' }, 'entra-id'],
  [{ issuer: 'https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/' }, 'entra-id'],
  [{ issuer: 'https://LOGIN.microsoftonline.com/x/v2.0' }, 'entra-id'],
  [{ issuer: 'https://login.microsoftonline.com.evil.example/x/v2.0' }, 'generic'],
  [{ issuer: 'https://accounts.google.com' }, 'google-workspace'],
  [{ issuer: 'https://accounts.google.com.evil.example' }, 'generic'],
  [{ issuer: 'https://acme.okta.com' }, 'okta'],
  [{ issuer: 'https://acme.okta.com/oauth2/default' }, 'okta-custom-server'],
  [{ issuer: 'https://okta.com' }, 'generic'],
  [
    {
      issuer: 'https://id.acme.example',
      authorizationEndpoint: 'https://id.acme.example/oauth2/v1/authorize',
      jwksUri: 'https://id.acme.example/oauth2/v1/keys',
    },
    'okta',
  ],
  [
    {
      issuer: realms,
      authorizationEndpoint: `${realms}/protocol/openid-connect/auth`,
      tokenEndpoint: `${realms}/protocol/openid-connect/token`,
    },
    'keycloak',
  ],
  [
    {
      issuer: 'https://sso.acme.example/auth/realms/acme',
      authorizationEndpoint: 'https://sso.acme.example/auth/realms/acme/protocol/openid-connect/auth',
      tokenEndpoint: 'http://back.acme.example/auth/realms/acme/protocol/openid-connect/token',
    },
    'keycloak',
  ],
  [{ issuer: realms }, 'generic'],
  [{ issuer: 'no url at all' }, 'generic'],
  [{ issuer: '' }, 'generic'],
];

describe('a provider', () => {
  it.each(table)('%o is recognised as %s', (facts, id) => {
    expect(recogniseProfile(facts).profile.id).toBe(id);
  });

  it('is recognised by something that can be told', () => {
    expect(recogniseProfile({ issuer: 'https://accounts.google.com' }).by).toBe(
      "the issuer's host is accounts.google.com",
    );
    expect(recogniseProfile({ issuer: 'https://idp.example' }).by).toBeUndefined();
  });
});

describe('the profiles', () => {
  it('have ids of their own', () => {
    expect(new Set(profiles.map(({ id }) => id)).size).toBe(profiles.length);
  });

  it.each(profiles.map((profile) => [profile.id, profile] as const))('%s can be told by every rule', (_id, profile) => {
    expect(profile.recognition).not.toHaveLength(0);
    for (const rule of profile.recognition) {
      expect(describeRule(rule)).not.toBe('');
    }
  });
});
