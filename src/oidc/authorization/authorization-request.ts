import { hash } from 'node:crypto';

import { isReservedParameter } from '../../contract/authorization-parameters.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { CompleteConnection } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { type WantedAuthentication, withWanted } from './wanted-authentication.ts';

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The login name that the provider may suggest (OpenID Connect Core, section 3.1.2.1). */
  readonly loginHint: string | undefined;
  /** What an application asks of the authentication. */
  readonly wanted?: WantedAuthentication | undefined;
}

/**
 * Builds the URL of the authorization request (OpenID Connect Core, section 3.1.2.1) with PKCE (RFC 7636, section 4.3).
 * It always uses `S256`, because several providers support it without listing it.
 *
 * A query in the endpoint is kept (RFC 6749, section 3.1), except for reserved parameters: each parameter of this
 * server appears exactly once, with its value, in every spelling that a server might accept. The connection's fixed
 * parameters replace those of the same name in the query.
 */
export function authorizationUrl(
  connection: CompleteConnection,
  { authorizationEndpoint }: ProviderMetadata,
  { redirectUri, state, nonce, codeVerifier, loginHint, wanted }: AuthorizationRequest,
): URL {
  const url = new URL(authorizationEndpoint);
  const query = new URLSearchParams(url.search);
  const reserved = query.keys().filter((name) => isReservedParameter(name) && !hasOption.includes(name));
  for (const name of reserved.toArray()) query.delete(name);
  for (const [name, value] of Object.entries(connection.options.authorizationParameters)) query.set(name, value);
  query.set('response_type', 'code');
  query.set('client_id', connection.clientId);
  query.set('redirect_uri', redirectUri);
  query.set('scope', requestedScopes(connection.options).join(' '));
  query.set('state', state);
  query.set('nonce', nonce);
  query.set('code_challenge', hash('sha256', codeVerifier, 'base64url'));
  query.set('code_challenge_method', 'S256');
  for (const [name, value] of Object.entries({
    login_hint: loginHint,
    ...requestedAuthentication(connection, wanted),
  })) {
    if (value !== undefined) query.set(name, value);
  }
  url.search = query.toString();
  return url;
}

/** Reserved as fixed parameters, but kept in the endpoint's query unless the option is set. */
const hasOption: readonly string[] = ['prompt', 'max_age', 'acr_values'];

// What a connection requests of the authentication at the provider. Where possible, the ID token is checked for it.
function requestedAuthentication(
  connection: CompleteConnection,
  wanted: WantedAuthentication | undefined,
): Record<string, string | undefined> {
  const { prompt, maxAgeSeconds, acrValues } = withWanted(connection.options, wanted);
  return {
    prompt: prompt === '' ? undefined : prompt,
    max_age: maxAgeSeconds < 0 ? undefined : String(maxAgeSeconds),
    acr_values: acrValues.length === 0 ? undefined : acrValues.join(' '),
  };
}

/**
 * The scopes that a connection requests (OpenID Connect Core, section 5.4), each once. `openid` is always included,
 * because without it the provider sends no ID token.
 */
export function requestedScopes({
  scopes,
  additionalScopes,
}: Pick<ConnectionOptions, 'scopes' | 'additionalScopes'>): readonly string[] {
  const usual = ['profile', 'email', ...additionalScopes];
  return [...new Set(['openid', ...(scopes.length === 0 ? usual : scopes)])];
}
