import type { AdapterPayload } from 'oidc-provider/lib/provider.js';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';

/** An application that uses the practice provider. */
export interface PracticeClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  /** The algorithm of its ID tokens; by default `RS256`. */
  readonly idTokenAlgorithm?: SignatureAlgorithm;
  /**
   * Its client authentication at the token endpoint, by default `client_secret_basic`. A public client (`none`) has no
   * secret.
   */
  readonly tokenEndpointAuthMethod?: TokenEndpointAuthMethod;
  /** The URL of its public keys, if it authenticates with a key pair. It has no secret then. */
  readonly jwksUri?: string;
}

export const tokenEndpointAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;
type TokenEndpointAuthMethod = (typeof tokenEndpointAuthMethods)[number];

/** The client metadata of OpenID Connect Dynamic Client Registration 1.0, section 2. */
export function clientMetadata(client: PracticeClient): AdapterPayload {
  return {
    client_id: client.clientId,
    ...credentialsOf(client),
    redirect_uris: client.redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: client.idTokenAlgorithm ?? 'RS256',
    token_endpoint_auth_method: client.tokenEndpointAuthMethod ?? 'client_secret_basic',
  };
}

function credentialsOf({ clientSecret, jwksUri, tokenEndpointAuthMethod }: PracticeClient): AdapterPayload {
  if (jwksUri !== undefined) return { jwks_uri: jwksUri };
  return tokenEndpointAuthMethod === 'none' ? {} : { client_secret: clientSecret };
}
