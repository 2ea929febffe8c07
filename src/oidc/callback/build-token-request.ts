import { clientAuthentication } from '../client-authentication/client-authentication.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** The parameters of a token request that differ from one sign-in to the next. */
export interface CodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

export interface TokenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Values of the request that no error message may repeat if the provider echoes them. */
  readonly secrets: readonly string[];
}

/** Builds a token request with client authentication (RFC 6749, section 4.1.3; RFC 7636, section 4.5). */
export async function buildTokenRequest(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
  { code, redirectUri, codeVerifier }: CodeGrant,
): Promise<TokenRequest> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
  const body = new URLSearchParams(grant);
  // The content type has no `charset`, because some servers reject it.
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  });
  const authenticate = clientAuthentication(connection, metadata);
  await authenticate({ issuer: metadata.issuer }, { client_id: connection.clientId }, body, headers);
  return {
    headers: Object.fromEntries(headers),
    body: body.toString(),
    secrets: [
      connection.clientSecret.expose(),
      credentialsOf(headers.get('authorization') ?? ''),
      body.get('client_assertion') ?? '',
      code,
      codeVerifier,
    ].filter((secret) => secret !== ''),
  };
}

/** Returns the same request with other Basic credentials. */
export function withAuthorization(request: TokenRequest, authorization: string): TokenRequest {
  return {
    body: request.body,
    headers: { ...request.headers, authorization },
    secrets: [...request.secrets, credentialsOf(authorization)],
  };
}

function credentialsOf(authorization: string): string {
  const [, credentials = ''] = authorization.split(' ');
  return credentials;
}
