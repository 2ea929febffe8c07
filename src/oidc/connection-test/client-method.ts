import { member, type JsonObject } from '../bounded-json.ts';
import { authenticationMethod } from '../client-authentication/client-authentication.ts';
import { type ConnectionSettings, optionsOf } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** The client authentication at the token endpoint (RFC 6749, section 2.3), and whether the provider lists it. */
export interface ClientMethod {
  readonly method: string;
  /** The listed methods; `undefined` if the document lists none. */
  readonly supported: readonly string[] | undefined;
  /**
   * `not_supported`: the document does not list the method that the admin set, so it is not tried. `unlisted`: the
   * document lists no supported method and the admin set none, so a sign-in tries this one, because several providers
   * accept it.
   */
  readonly problem: 'not_supported' | 'unlisted' | undefined;
}

/** Compares the method that a sign-in uses with `token_endpoint_auth_methods_supported` (Discovery, section 3). */
export function clientMethod(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
  document: JsonObject | undefined,
): ClientMethod {
  const method = authenticationMethod(connection, metadata);
  const listedAs = method === 'client_secret_basic_raw' ? 'client_secret_basic' : method;
  const supported = document === undefined ? undefined : listOf(document, 'token_endpoint_auth_methods_supported');
  // Providers that allow public clients often do not list `none`, because nothing is sent.
  const isListed =
    method === 'none' || supported === undefined || supported.length === 0 || supported.includes(listedAs);
  if (isListed) return { method, supported, problem: undefined };
  const isAutomatic = optionsOf(connection).tokenEndpointAuthMethod === 'automatic';
  return { method, supported, problem: isAutomatic ? 'unlisted' : 'not_supported' };
}

/** The strings of a member that is a list; `undefined` otherwise. */
export function listOf(document: JsonObject, name: string): readonly string[] | undefined {
  const value = member(document, name);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
}
