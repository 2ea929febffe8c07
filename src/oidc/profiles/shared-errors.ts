import type { ErrorMeaning } from './profile.ts';

/** What errors mean at every provider (RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core, section 3.1.2.6). */
export const sharedErrors: readonly ErrorMeaning[] = [
  { error: 'invalid_client', explanation: 'client_secret_wrong' },
  { error: 'unauthorized_client', explanation: 'grant_not_allowed' },
  { error: 'invalid_grant', explanation: 'code_spent' },
  { error: 'unsupported_grant_type', explanation: 'grant_not_allowed' },
  { error: 'unsupported_response_type', explanation: 'grant_not_allowed' },
  { error: 'invalid_scope', explanation: 'scope_refused' },
  { error: 'access_denied', explanation: 'access_denied' },
  { error: 'consent_required', explanation: 'consent_missing' },
  { error: 'login_required', explanation: 'interaction_required' },
  { error: 'interaction_required', explanation: 'interaction_required' },
  { error: 'account_selection_required', explanation: 'interaction_required' },
  { error: 'redirect_uri_mismatch', explanation: 'redirect_uri_unregistered' },
  { error: 'invalid_request', descriptionPart: 'redirect_uri', explanation: 'redirect_uri_unregistered' },
  { error: 'invalid_request', explanation: 'request_refused' },
  { error: 'server_error', explanation: 'provider_error' },
  {
    error: 'temporarily_unavailable',
    descriptionPart: 'authentication_expired',
    explanation: 'login_page_expired',
  },
  { error: 'temporarily_unavailable', explanation: 'provider_down' },
];
