import { createPrivateKey } from 'node:crypto';

import * as oauth from 'oauth4webapi';

import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { Secret } from '../../kernel/secret.ts';
import { readClientCertificate } from './client-certificate.ts';
import { optionsOf, type ClientKey, type ConnectionSettings } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/**
 * The default signature algorithm of client assertions: the one algorithm that providers should support (Discovery,
 * section 3).
 */
export const clientAssertionAlgorithm = 'RS256';

/** The options of a connection that determine its client assertions. */
type AssertionOptions = Pick<
  ConnectionOptions,
  'clientAssertionAlgorithm' | 'clientAssertionKeyName' | 'clientAssertionAudience'
>;

/** The options of client assertions, with defaults filled in. */
export function assertionForm(options: AssertionOptions) {
  const { clientAssertionAlgorithm: algorithm, clientAssertionKeyName: keyName } = options;
  return {
    algorithm: algorithm === 'automatic' ? clientAssertionAlgorithm : algorithm,
    keyName: keyName === 'automatic' ? 'kid' : keyName,
    audience: options.clientAssertionAudience === 'token-endpoint' ? 'token-endpoint' : 'issuer',
  } as const;
}

/**
 * The client authentication at the token endpoint (OpenID Connect Core, section 9). It opens secrets only at the moment
 * of a request.
 */
export function clientAuthentication(connection: ConnectionSettings, metadata: ProviderMetadata): oauth.ClientAuth {
  const { clientSecret: secret } = connection;
  const method = authenticationMethod(connection, metadata);
  switch (method) {
    case 'client_secret_basic':
      return basic(secret, formEncode);
    case 'client_secret_basic_raw':
      // Some providers do not decode the credentials, against RFC 6749, section 2.3.1.
      return basic(secret, (text) => text);
    case 'client_secret_post':
      return (...request) => oauth.ClientSecretPost(secret.expose())(...request);
    case 'client_secret_jwt':
      return (...request) =>
        oauth.ClientSecretJwt(secret.expose(), boundTo(audienceOf(connection, metadata)))(...request);
    case 'private_key_jwt':
      return privateKeyJwt(connection, metadata);
    case 'none':
      // A public client sends only its `client_id` (RFC 6749, section 3.2.1). PKCE binds the code to this server's
      // request.
      return oauth.None();
    default:
      return method satisfies never;
  }
}

/**
 * The client authentication method of a sign-in: the one that an admin set, or the one that follows from the discovery
 * document.
 */
export function authenticationMethod(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
): Exclude<ConnectionOptions['tokenEndpointAuthMethod'], 'automatic'> {
  const method = optionsOf(connection).tokenEndpointAuthMethod;
  return method === 'automatic' ? metadata.clientAuthentication : method;
}

/**
 * The two ways to write Basic credentials. RFC 6749, section 2.3.1 requires the first. Some providers require the
 * second.
 */
export type BasicForm = 'form_encoded' | 'raw';

/**
 * The `Authorization` headers to try at the token endpoint, by form. A provider that does not decode Basic credentials
 * would reject the right secret in the first form. `undefined` if both forms are the same, or if an admin set the
 * method.
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

/**
 * Whether form-encoding changes the client id or the client secret, because it has characters such as `+`, `/` and `=`.
 */
export function needsFormEncoding({ clientId, clientSecret }: ConnectionSettings): boolean {
  return [clientId, clientSecret.expose()].some((text) => formEncode(text) !== text);
}

/**
 * Opens the credentials of the client, so that a seal that was tampered with is detected before anything is sent.
 *
 * @throws {SealBrokenError}, and a `TypeError` if the connection needs a key and has none
 */
export function openClientCredentials(connection: ConnectionSettings): void {
  connection.clientSecret.expose();
  if (optionsOf(connection).tokenEndpointAuthMethod === 'private_key_jwt') {
    requireClientKey(connection).privateJwk.expose();
  }
}

function requireClientKey({ clientKey }: ConnectionSettings): ClientKey {
  if (clientKey === undefined) throw new TypeError('the connection has no client key');
  return clientKey;
}

function basic(secret: Secret, encode: (text: string) => string): oauth.ClientAuth {
  return (...[, client, , headers]) => {
    headers.set('authorization', basicHeader(encode(client.client_id), encode(secret.expose())));
  };
}

function basicHeader(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

// The library escapes everything except letters and digits, for example the `-` of each UUID. A server that decodes
// accepts both forms. Many servers do not decode, and accept only this one, as long as nothing needs an escape.
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

// The library signs a new assertion for each request, with its own `jti` and a lifetime of one minute.
function privateKeyJwt(connection: ConnectionSettings, metadata: ProviderMetadata): oauth.ClientAuth {
  const { id, privateJwk, certificate } = requireClientKey(connection);
  const { algorithm, keyName } = assertionForm(optionsOf(connection));
  const audience = audienceOf(connection, metadata);
  const thumbprint = keyName === 'kid' || certificate === undefined ? undefined : thumbprintOf(certificate, keyName);
  const modify = thumbprint === undefined ? boundTo(audience) : namedByCertificate(audience, { keyName, thumbprint });
  return (...request) =>
    oauth.PrivateKeyJwt({ key: importPrivateKey(privateJwk, algorithm), kid: id }, modify)(...request);
}

function thumbprintOf(certificate: string, keyName: 'x5t' | 'x5t#S256'): string {
  const { sha1, sha256 } = readClientCertificate(certificate);
  return keyName === 'x5t' ? sha1 : sha256;
}

function importPrivateKey(privateJwk: Secret, algorithm: 'RS256' | 'PS256'): CryptoKey {
  const key = createPrivateKey({ key: JSON.parse(privateJwk.expose()), format: 'jwk' });
  const name = algorithm === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5';
  return key.toCryptoKey({ name, hash: 'SHA-256' }, false, ['sign']);
}

/**
 * The audience of an assertion. By default it is the issuer, never an endpoint from a document: a client that used one
 * key at several providers could be made to sign for the wrong one (CVE-2025-27370; RFC 7523bis). Some providers accept
 * only their token endpoint. That is safe here, because each connection has its own key, and the assertion is sent to
 * the address in its audience.
 */
function audienceOf(connection: ConnectionSettings, { issuer, tokenEndpoint }: ProviderMetadata): string {
  return assertionForm(optionsOf(connection)).audience === 'issuer' ? issuer : tokenEndpoint;
}

/**
 * An assertion with one audience, as a string. It has no `nbf`, because a provider whose clock is a second behind would
 * reject it, and no `typ`, because some providers reject it. The assertion expires after a minute in any case.
 */
function boundTo(audience: string): oauth.ModifyAssertionOptions {
  return {
    [oauth.modifyAssertion]: (_header, payload) => {
      payload['aud'] = audience;
      delete payload['nbf'];
    },
  };
}

// Microsoft documents this form for Entra ID and AD FS: the certificate's thumbprint instead of `kid`, and `typ` and
// `nbf`. `nbf` is in the past, for clocks that are behind.
function namedByCertificate(
  audience: string,
  { keyName, thumbprint }: { readonly keyName: string; readonly thumbprint: string },
): oauth.ModifyAssertionOptions {
  return {
    [oauth.modifyAssertion]: (header, payload) => {
      delete header['kid'];
      header['typ'] = 'JWT';
      header[keyName] = thumbprint;
      payload['aud'] = audience;
      payload['nbf'] = Number(payload['iat']) - assertionBackdatedSeconds;
    },
  };
}

const assertionBackdatedSeconds = 60;
