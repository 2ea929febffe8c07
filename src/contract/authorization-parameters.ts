/**
 * Parameters of an authorization request that an admin cannot fix: this server sets them itself, they would replace the
 * request or change how the response arrives, or they belong to another flow. They are reserved in the custom
 * authorization endpoint's query for the same reason, see `authorization-request.ts`.
 */
const reservedNames: ReadonlySet<string> = new Set([
  // OpenID Connect Core, section 3.1.2.1, and RFC 6749, section 4.1.1. `prompt`, `max_age` and `acr_values` have options,
  // because they are checked in the ID token.
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'acr_values',
  'login_hint',
  'id_token_hint',
  'claims',
  'registration',
  // RFC 9101 (signed requests), RFC 7636 (PKCE), RFC 9449 (DPoP), RFC 9396 (rich authorization requests).
  'request',
  'request_uri',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'authorization_details',
  // Secrets and proofs, which must never be in a URL that a browser sees.
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code_verifier',
  'grant_type',
  'assertion',
  'username',
  'password',
  // Parameters of responses.
  'code',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'access_token',
  'refresh_token',
  'id_token',
  'token_type',
  'session_state',
]);

/**
 * Whether a parameter is reserved. Some servers compare names without regard to case, and PHP reads a dot, a blank and an
 * opening bracket as an underscore, so these spellings are reserved as well.
 */
export function isReservedParameter(name: string): boolean {
  const spelling = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return reservedNames.has(spelling.replaceAll(/^_+|_+$/g, ''));
}
