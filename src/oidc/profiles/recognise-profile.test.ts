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
  [{ issuer: realms }, 'keycloak'],
  [{ issuer: 'https://sso.acme.example/realms' }, 'generic'],
  [{ issuer: 'https://id.acme.example/application/o/sallyport/' }, 'authentik'],
  [{ issuer: 'https://fs.acme.example/adfs' }, 'ad-fs'],
  [{ issuer: 'https://acme.eu.auth0.com/' }, 'auth0'],
  [
    {
      issuer: 'https://id.acme.example/',
      authorizationEndpoint: 'https://id.acme.example/authorize',
      tokenEndpoint: 'https://id.acme.example/oauth/token',
      userinfoEndpoint: 'https://id.acme.example/userinfo',
      jwksUri: 'https://id.acme.example/.well-known/jwks.json',
    },
    'auth0',
  ],
  [{ issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBcDeF' }, 'cognito'],
  [{ issuer: 'https://cognito-idp.evil.example.amazonaws.com/x' }, 'generic'],
  [{ issuer: 'https://acme.onelogin.com/oidc/2' }, 'onelogin'],
  [{ issuer: 'https://oauth.id.jumpcloud.com/' }, 'jumpcloud'],
  [{ issuer: 'https://auth.pingone.eu/0f1e/as' }, 'pingone'],
  [{ issuer: 'https://sso-1453a9f5.sso.duosecurity.com/oidc/DI7CHC' }, 'duo'],
  [{ issuer: 'https://sso-.sso.duosecurity.com/oidc/DI7CHC' }, 'generic'],
  [{ issuer: 'https://acme.my.salesforce.com' }, 'salesforce'],
  [{ issuer: 'https://aab1234.id.cyberark.cloud/app/' }, 'cyberark'],
  [{ issuer: 'https://acme.verify.ibm.com/oidc/endpoint/default' }, 'ibm-verify'],
  [{ issuer: 'https://identity.oraclecloud.com/' }, 'oracle'],
  [{ issuer: 'https://appleid.apple.com' }, 'apple'],
  [{ issuer: 'https://token.actions.githubusercontent.com' }, 'github'],
  [
    {
      issuer: 'https://gitea.acme.example',
      authorizationEndpoint: 'https://gitea.acme.example/login/oauth/authorize',
      tokenEndpoint: 'https://gitea.acme.example/login/oauth/access_token',
    },
    'generic',
  ],
  [{ issuer: 'https://fs.acme.example/adfs', jwksUri: 'https://fs.acme.example/adfs/discovery/keys' }, 'ad-fs'],
  [
    {
      issuer: 'https://id.acme.example/application/o/sallyport/',
      authorizationEndpoint: 'https://id.acme.example/application/o/authorize/',
      tokenEndpoint: 'https://id.acme.example/application/o/token/',
    },
    'authentik',
  ],
  [
    {
      issuer: 'https://auth.acme.example',
      authorizationEndpoint: 'https://auth.acme.example/api/oidc/authorization',
      tokenEndpoint: 'https://auth.acme.example/api/oidc/token',
    },
    'authelia',
  ],
  [
    {
      issuer: 'https://id.acme.example',
      authorizationEndpoint: 'https://id.acme.example/oauth/v2/authorize',
      jwksUri: 'https://id.acme.example/oauth/v2/keys',
    },
    'zitadel',
  ],
  [
    {
      issuer: 'https://git.acme.example',
      authorizationEndpoint: 'https://git.acme.example/oauth/authorize',
      jwksUri: 'https://git.acme.example/oauth/discovery/keys',
      scopesSupported: ['api', 'read_api', 'read_user', 'openid', 'profile', 'email'],
    },
    'gitlab',
  ],
  [
    {
      issuer: 'https://rails.acme.example',
      authorizationEndpoint: 'https://rails.acme.example/oauth/authorize',
      jwksUri: 'https://rails.acme.example/oauth/discovery/keys',
      scopesSupported: ['openid', 'profile', 'email', 'groups'],
    },
    'generic',
  ],
  [
    {
      issuer: 'https://sso.acme.example',
      authorizationEndpoint: 'https://sso.acme.example/as/authorization.oauth2',
      tokenEndpoint: 'https://sso.acme.example/as/token.oauth2',
    },
    'pingfederate',
  ],
  [
    {
      issuer: 'https://auth.acme.example/',
      authorizationEndpoint: 'https://auth.acme.example/oauth2/authorize',
      tokenEndpoint: 'https://auth.acme.example/oauth2/token',
      userinfoEndpoint: 'https://auth.acme.example/oauth2/userinfo',
      jwksUri: 'https://auth.acme.example/oauth2/jwks',
    },
    'lemonldap',
  ],
  [
    {
      issuer: 'https://auth.acme.example',
      authorizationEndpoint: 'https://auth.acme.example/api/oidc/auth',
      tokenEndpoint: 'https://auth.acme.example/api/oidc/token',
      userinfoEndpoint: 'https://auth.acme.example/api/oidc/userinfo',
      jwksUri: 'https://auth.acme.example/api/oidc/jwks',
    },
    'glewlwyd',
  ],
  [{ issuer: 'no url at all' }, 'generic'],
  [{ issuer: '' }, 'generic'],
];

describe('a provider', () => {
  it.each(table)('%o is recognised as %s', (facts, id) => {
    expect(recogniseProfile(facts).profile.id).toBe(id);
  });

  it('is described by the rule that recognised it', () => {
    expect(recogniseProfile({ issuer: 'https://accounts.google.com' }).by).toBe(
      "the issuer's host is `accounts.google.com`",
    );
    expect(recogniseProfile({ issuer: 'https://idp.example' }).by).toBeUndefined();
  });
});

describe('the profiles', () => {
  it('are all covered by the table of this test', () => {
    const recognised = new Set(table.map(([, id]) => id));
    expect(profiles.filter(({ id }) => !recognised.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('have unique ids', () => {
    expect(new Set(profiles.map(({ id }) => id)).size).toBe(profiles.length);
  });

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    '%s has a description for every rule',
    (_id, profile) => {
      expect(profile.recognition).not.toHaveLength(0);
      for (const rule of profile.recognition) {
        expect(describeRule(rule)).not.toBe('');
      }
    },
  );
});
