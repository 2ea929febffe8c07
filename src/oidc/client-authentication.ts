import { createPrivateKey } from 'node:crypto';

import * as openid from 'openid-client';

import type { ConnectionOptions } from '../contract/connection-options.ts';
import type { Secret } from '../kernel/secret.ts';
import { optionsOf, type ClientKey, type ConnectionSettings } from './connection.ts';
import type { ProviderMetadata } from './provider-metadata.ts';

/** What client assertions are signed with: the one algorithm that providers should support (Discovery, section 3). */
export const clientAssertionAlgorithm = 'RS256';

/**
 * How the client proves itself at the token endpoint (OpenID Connect Core, section 9), given what is secret only for the
 * moment of a request.
 */
export function clientAuthentication(connection: ConnectionSettings, metadata: ProviderMetadata): openid.ClientAuth {
  const { clientSecret: secret } = connection;
  const method = authenticationMethod(connection, metadata);
  switch (method) {
    case 'client_secret_basic':
      return basic(secret, formEncode);
    case 'client_secret_basic_raw':
      // Providers exist that take the credentials as they are, against RFC 6749, section 2.3.1.
      return basic(secret, (text) => text);
    case 'client_secret_post':
      return (...request) => openid.ClientSecretPost(secret.expose())(...request);
    case 'client_secret_jwt':
      return (...request) => openid.ClientSecretJwt(secret.expose(), boundTo(metadata.issuer))(...request);
    case 'private_key_jwt':
      return privateKeyJwt(requireClientKey(connection), metadata.issuer);
    default:
      return method satisfies never;
  }
}

/** The method that a sign-in uses: the one that is set, or the one that follows from the provider's document. */
export function authenticationMethod(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
): Exclude<ConnectionOptions['tokenEndpointAuthMethod'], 'automatic'> {
  const method = optionsOf(connection).tokenEndpointAuthMethod;
  return method === 'automatic' ? metadata.clientAuthentication : method;
}

/** The two ways to write Basic credentials: RFC 6749, section 2.3.1 asks for the first, and some providers for the second. */
export type BasicForm = 'form_encoded' | 'raw';

/**
 * The `Authorization` headers to try at the token endpoint, by form, where a provider that does not decode Basic
 * credentials would refuse the right secret; `undefined` where the two forms are the same or the method was set by hand.
 */
export function ambiguousBasic(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
): Readonly<Record<BasicForm, string>> | undefined {
  const isChosenByUs = optionsOf(connection).tokenEndpointAuthMethod === 'automatic';
  if (!isChosenByUs || authenticationMethod(connection, metadata) !== 'client_secret_basic') return undefined;
  if (!needsFormEncoding(connection)) return undefined;
  const { clientId, clientSecret } = connection;
  return {
    form_encoded: basicHeader(formEncode(clientId), formEncode(clientSecret.expose())),
    raw: basicHeader(clientId, clientSecret.expose()),
  };
}

/** Whether the client id or the client secret has characters that form-encoding changes, such as `+`, `/` and `=`. */
export function needsFormEncoding({ clientId, clientSecret }: ConnectionSettings): boolean {
  return [clientId, clientSecret.expose()].some((text) => formEncode(text) !== text);
}

/**
 * Opens what proves the client. The library would ask for it in time, but then a seal that was tampered with would look
 * like a fault of a token.
 *
 * @throws {SealBrokenError}, and an error where the key that the connection needs is not there
 */
export function openClientCredentials(connection: ConnectionSettings): void {
  connection.clientSecret.expose();
  if (optionsOf(connection).tokenEndpointAuthMethod === 'private_key_jwt') {
    requireClientKey(connection).privateJwk.expose();
  }
}

function requireClientKey({ clientKey }: ConnectionSettings): ClientKey {
  if (clientKey === undefined) throw new TypeError('the connection has no key to prove itself with');
  return clientKey;
}

function basic(secret: Secret, encode: (text: string) => string): openid.ClientAuth {
  return (...[, client, , headers]) => {
    headers.set('authorization', basicHeader(encode(client.client_id), encode(secret.expose())));
  };
}

function basicHeader(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

// The library escapes every sign but letters and digits, also the `-` of each UUID. A server that decodes takes either
// form; of those that do not, which are many, only this one is understood as long as nothing needs an escape.
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

// Each call signs anew, with a `jti` of its own and a minute to live, which the library sees to.
function privateKeyJwt({ id, privateJwk }: ClientKey, issuer: string): openid.ClientAuth {
  let key: CryptoKey | undefined;
  return (...request) => {
    key ??= importPrivateKey(privateJwk);
    return openid.PrivateKeyJwt({ key, kid: id }, boundTo(issuer))(...request);
  };
}

function importPrivateKey(privateJwk: Secret): CryptoKey {
  const key = createPrivateKey({ key: JSON.parse(privateJwk.expose()), format: 'jwk' });
  return key.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
}

/**
 * An assertion is for one provider: its audience is the issuer, as one string, and nothing that a document names. With
 * the token endpoint as audience, a provider could have another's assertion made for it (CVE-2025-27370; RFC 7523bis).
 * The time from which it holds is left out: a provider whose clock is a second behind would refuse it, and it lives a
 * minute at most either way. There is no `typ` either, which not every provider takes.
 */
function boundTo(issuer: string): openid.ModifyAssertionOptions {
  return {
    [openid.modifyAssertion]: (_header, payload) => {
      payload['aud'] = issuer;
      delete payload['nbf'];
    },
  };
}
