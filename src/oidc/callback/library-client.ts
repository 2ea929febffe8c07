import * as openid from 'openid-client';

import { appError } from '../../contract/errors.ts';
import { clientAuthentication } from '../client-authentication/client-authentication.ts';
import { userinfoAlgorithm, type ConnectionSettings } from '../connection.ts';
import type { VerificationKey } from '../discovery/key-set.ts';
import type { LibraryClient } from '../discovery/provider-memory.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { receivedResponse } from './received-response.ts';
import { algorithmNames } from './signing-algorithm.ts';

/** A request of the library, as it comes to the one place that sends it. */
export interface LibraryRequest {
  readonly endpoint: 'token' | 'userinfo';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the body holds (RFC 6749, section 4.1.3); a userinfo request has none. */
  readonly form: URLSearchParams | undefined;
}

/** Sends a request of the library and returns what the library may see of the answer. */
export type LibraryTransport = (request: LibraryRequest) => Promise<Response>;

/**
 * Configures openid-client for one provider, one client and one signing key.
 *
 * The library would fetch and keep key sets by itself, for minutes after a rotation. Here it is given a set of exactly
 * one key, the one that our own key cache found to have signed the token; another key needs another configuration.
 */
export function createLibraryClient(
  connection: ConnectionSettings,
  provider: { readonly metadata: ProviderMetadata; readonly key: VerificationKey | undefined },
  send: LibraryTransport,
): LibraryClient {
  const { metadata, key } = provider;
  const names = algorithmNames(connection.algorithm);
  const ofUserinfo = userinfoAlgorithm(connection);
  const configuration = new openid.Configuration(
    {
      issuer: metadata.issuer,
      authorization_endpoint: metadata.authorizationEndpoint,
      token_endpoint: metadata.tokenEndpoint,
      jwks_uri: metadata.jwksUri,
      ...(metadata.userinfoEndpoint === undefined ? {} : { userinfo_endpoint: metadata.userinfoEndpoint }),
      authorization_response_iss_parameter_supported: metadata.namesItself,
      // These two are ours, not the provider's: they only ever admit the configured algorithm.
      id_token_signing_alg_values_supported: [...names],
      userinfo_signing_alg_values_supported: ofUserinfo === 'HS256' ? [] : [...algorithmNames(ofUserinfo)],
    },
    connection.clientId,
    {
      // The library takes one name here. EdDSA has two (RFC 9864), which the list above pins instead.
      ...(names.length === 1 ? { id_token_signed_response_alg: connection.algorithm } : {}),
      // The library reads the machine's clock. Times are judged on ours, by id-token-checks.ts, more strictly.
      [openid.clockTolerance]: Number.MAX_SAFE_INTEGER,
    },
    clientAuthentication(connection, metadata),
  );
  configuration.timeout = 0; // Every call has its deadline in the guarded fetch.
  configuration[openid.customFetch] = createTransport(metadata, key, send);
  // Whether plain http is fine was decided by the outbound policy, endpoint by endpoint.
  if ([metadata.tokenEndpoint, metadata.userinfoEndpoint, metadata.authorizationEndpoint].some(isPlainHttp)) {
    // oxlint-disable-next-line typescript/no-deprecated -- marked so by the library only to make it stand out
    openid.allowInsecureRequests(configuration);
  }
  // Without a key the token bears a MAC, which our own validator verifies and the library cannot.
  if (key !== undefined || connection.algorithm !== 'HS256') {
    // Off by default in the code flow, where the library relies on TLS alone (OpenID Connect Core, section 3.1.3.7, 6).
    openid.enableNonRepudiationChecks(configuration);
  }
  return { configuration, metadata, key, clientKeyId: connection.clientKey?.id };
}

function createTransport(
  metadata: ProviderMetadata,
  key: VerificationKey | undefined,
  send: LibraryTransport,
): openid.CustomFetch {
  const jwksUrl = new URL(metadata.jwksUri).href;
  return async (url, { method, headers, body }) => {
    if (method === 'GET' && url === jwksUrl) {
      if (key === undefined) {
        throw appError('id_token_signature_invalid', { meta: { step: 'id_token', reason: 'no_key_chosen' } });
      }
      return receivedResponse('application/jwk-set+json', key.jwkSet);
    }
    const endpoint = method === 'POST' ? 'token' : 'userinfo';
    return send({ endpoint, url, headers, form: formOf(body) });
  };
}

function formOf(body: openid.FetchBody): URLSearchParams | undefined {
  if (body === null || body === undefined) return undefined;
  if (body instanceof URLSearchParams) return body;
  throw new TypeError('the library sends forms only');
}

function isPlainHttp(url: string | undefined): boolean {
  return url?.startsWith('http:') ?? false;
}
