import { describe, expect, it } from 'vitest';

import { entraId } from './vendors/entra-id.ts';
import { explainError } from './explain-error.ts';
import { catalogues } from '../../texts/catalogue.ts';
import { generic } from './generic.ts';
import { keycloak } from './vendors/keycloak.ts';
import { okta } from './vendors/okta.ts';
import type { Profile } from './profile.ts';
import { profiles } from './profiles.ts';
import { sharedErrors } from './shared-errors.ts';

const table: readonly [
  profile: Profile,
  error: string,
  description: string | undefined,
  explanation: string | undefined,
][] = [
  [entraId, 'invalid_client', 'AADSTS7000215: Invalid client secret provided. Ensure…', 'client_secret_wrong'],
  [entraId, 'invalid_client', 'AADSTS7000222: The provided client secret keys … are expired.', 'client_secret_expired'],
  [entraId, 'invalid_request', 'AADSTS50011: The redirect URI … does not match', 'redirect_uri_unregistered'],
  [entraId, 'unauthorized_client', "AADSTS700016: Application with identifier 'x' was not found", 'client_unknown'],
  [entraId, 'access_denied', 'AADSTS50105: Your administrator has configured the application', 'member_not_assigned'],
  [entraId, 'invalid_request', 'AADSTS90002: Tenant x not found.', 'tenant_unknown'],
  [entraId, 'invalid_grant', 'AADSTS65001: The user or administrator has not consented', 'consent_missing'],
  [entraId, 'invalid_request', 'AADSTS500119: a number that begins like another', 'request_refused'],
  [okta, 'access_denied', 'User is not assigned to the client application.', 'member_not_assigned'],
  [keycloak, 'unauthorized_client', 'Invalid client or Invalid client credentials', 'client_secret_wrong'],
  [keycloak, 'unauthorized_client', 'Client not allowed for standard flow', 'grant_not_allowed'],
  [keycloak, 'invalid_grant', 'Code not valid', 'code_spent'],
  [generic, 'invalid_client', undefined, 'client_secret_wrong'],
  [generic, 'access_denied', undefined, 'access_denied'],
  [generic, 'unauthorized_client', undefined, 'grant_not_allowed'],
  [generic, 'server_error', undefined, 'provider_error'],
  [keycloak, 'temporarily_unavailable', 'authentication_expired', 'login_page_expired'],
  [generic, 'temporarily_unavailable', undefined, 'provider_down'],
  [generic, 'something_else', 'AADSTS50011: not said by Entra', undefined],
];

describe('the explanation of an error', () => {
  it.each(table)('of %o, %s: %s, is %s', (profile, error, errorDescription, id) => {
    expect(explainError(profile, { error, errorDescription })?.id).toBe(id);
  });

  it.each([
    [generic, 'invalid_client', undefined],
    [entraId, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.'],
  ] as const)(
    'of %o, %s: %s, is about the key if the client authenticates with one',
    (profile, error, errorDescription) => {
      expect(explainError(profile, { error, errorDescription, proof: 'key' })?.id).toBe('client_key_refused');
    },
  );

  it('for a public client says that the client has to authenticate', () => {
    const errorDescription = "AADSTS7000218: The request body must contain 'client_assertion' or 'client_secret'.";
    expect(explainError(entraId, { error: 'invalid_client', errorDescription, proof: 'none' })?.id).toBe(
      'client_public_refused',
    );
  });

  it('for an unknown certificate names the certificate, not the JWK Set', () => {
    const errorDescription = 'AADSTS700027: Client assertion contains an invalid signature.';
    const found = explainError(entraId, { error: 'invalid_client', errorDescription, proof: 'key' });
    expect(found?.remedy).toContain('certificate');
    expect(found?.place).toContain('Upload certificate');
  });

  it('for a scope names the option that sets all scopes', () => {
    const found = explainError(generic, { error: 'invalid_scope', errorDescription: 'profile is not allowed' });
    expect(found?.remedy).toContain('`scopes`');
    expect(found?.remedy).not.toContain('additionalScopes');
  });

  it('is the same for a key and for a secret if the error is not about the credential', () => {
    const said = {
      error: 'invalid_client',
      errorDescription: "AADSTS700016: Application 'x' was not found",
      proof: 'key',
    } as const;
    expect(explainError(entraId, said)?.id).toBe('client_unknown');
  });

  it("names the place in the provider's admin console", () => {
    const found = explainError(entraId, { error: 'invalid_client', errorDescription: 'AADSTS7000222: expired' });
    expect(found?.place).toContain('Certificates & secrets');
    expect(explainError(generic, { error: 'invalid_client', errorDescription: undefined })?.place).toBeUndefined();
  });
});

it.each(profiles.map((profile) => [profile.id, profile] as const))(
  'no error of %s hides another one',
  (_id, { errors }) => {
    const keys = errors.map(({ explanation: _explanation, vendorCode: _code, screen: _screen, ...pattern }) => pattern);
    expect(new Set(keys.map((pattern) => JSON.stringify(pattern))).size).toBe(errors.length);
  },
);

it('every explanation belongs to an error', () => {
  const used = new Set(
    [...profiles.flatMap(({ errors }) => errors), ...sharedErrors].map(({ explanation }) => explanation),
  );
  // These replace the explanation of a wrong secret for clients without a secret.
  const unused = Object.keys(catalogues.en.providerErrors).filter((id) => ![...used].some((known) => known === id));
  expect(unused).toEqual(['client_key_refused', 'client_public_refused']);
});
