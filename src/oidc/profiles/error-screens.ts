import type { ProviderErrorCode } from '../../texts/catalogue.ts';
import type { ScreenTopic } from './profile.ts';

/** Where in the provider's admin console an error is fixed, for each explanation that has such a place. */
export const screensOfErrors: Readonly<Partial<Record<ProviderErrorCode, ScreenTopic>>> = {
  client_unknown: 'clientId',
  client_disabled: 'application',
  client_secret_wrong: 'clientSecret',
  client_secret_expired: 'clientSecret',
  client_key_refused: 'clientAuthentication',
  client_certificate_unknown: 'clientCertificate',
  client_is_public: 'redirectUri',
  client_public_refused: 'clientAuthentication',
  client_authentication_method: 'clientAuthentication',
  grant_not_allowed: 'application',
  redirect_uri_unregistered: 'redirectUri',
  scope_refused: 'consent',
  tenant_unknown: 'issuer',
  tenant_specific_required: 'issuer',
  account_foreign: 'assignment',
  account_blocked: 'logs',
  member_not_assigned: 'assignment',
  consent_missing: 'consent',
  consent_declined: 'consent',
  policy_refused: 'logs',
  second_factor_needed: 'logs',
  access_denied: 'assignment',
  code_spent: 'redirectUri',
  code_verifier_refused: 'application',
  request_refused: 'application',
  provider_error: 'logs',
};
