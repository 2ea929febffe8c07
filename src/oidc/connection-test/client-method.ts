import { member, type JsonObject } from '../bounded-json.ts';
import { authenticationMethod } from '../client-authentication.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProviderMetadata } from '../provider-metadata.ts';

/** How the client proves itself at the token endpoint, and whether the provider says that it takes that. */
export interface ClientMethod {
  readonly method: string;
  /** What the document lists; `undefined` when it lists nothing. */
  readonly supported: readonly string[] | undefined;
  readonly problem: 'not_supported' | undefined;
}

/** Holds the method that a sign-in uses against `token_endpoint_auth_methods_supported` (Discovery, section 3). */
export function clientMethod(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
  document: JsonObject | undefined,
): ClientMethod {
  const used = authenticationMethod(connection, metadata);
  const method = used === 'client_secret_basic_raw' ? 'client_secret_basic' : used;
  const supported = document === undefined ? undefined : listOf(document, 'token_endpoint_auth_methods_supported');
  const isListed = supported === undefined || supported.length === 0 || supported.includes(method);
  return { method, supported, problem: isListed ? undefined : 'not_supported' };
}

/** The strings of a member that is a list; `undefined` when it is none. */
export function listOf(document: JsonObject, name: string): readonly string[] | undefined {
  const value = member(document, name);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
}
