import { tokenCallMsMax } from '../../outbound/limits.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import {
  ambiguousBasic,
  authenticationMethod,
  openClientCredentials,
} from '../client-authentication/client-authentication.ts';
import { tokenResponseBytesMax } from '../limits.ts';
import type { CodeResponse } from './authorization-response.ts';
import { buildTokenRequest, type TokenRequest, withAuthorization } from './build-token-request.ts';
import type { CallbackContext } from './callback-context.ts';
import { acceptsClient, isClientRefusal } from './token-response.ts';

declare const received: unique symbol;

/** The response of the token endpoint to the code, not yet read. */
export interface TokenResponse {
  readonly [received]: true;
  readonly answer: OutboundResponse;
  /** The client authentication method of the request. */
  readonly method: string;
  /** Values that no error message may repeat if the provider echoes them. */
  readonly secrets: readonly string[];
  readonly code: string;
}

/**
 * Sends the code to the token endpoint (RFC 6749, section 4.1.3).
 *
 * RFC 6749, section 2.3.1 requires form-encoded Basic credentials, and several providers do not decode them. They
 * reject the right secret if it has a character such as `+`, `/` or `=`. Then the other form is tried once, with the
 * same code: a provider authenticates the client before it checks the code. The form that the provider accepted comes
 * first in later sign-ins. Nothing else is repeated.
 *
 * @throws the codes of the guarded fetch
 */
export async function requestTokens(
  { code, url }: CodeResponse,
  codeVerifier: string,
  context: CallbackContext,
): Promise<TokenResponse> {
  const { connection, metadata, provider } = context;
  // Before the request, so that a seal that was tampered with does not look like a fault of the provider.
  openClientCredentials(connection);
  const request = await buildTokenRequest(connection, metadata, {
    code,
    redirectUri: redirectUriOf(url),
    codeVerifier,
  });
  const send = (sent: TokenRequest, method: string) => sendRequest(code, { request: sent, method }, context);
  const method = authenticationMethod(connection, metadata);
  const forms = ambiguousBasic(connection, metadata);
  if (forms === undefined) return send(request, method);
  const sendAs = (form: keyof typeof forms) =>
    send(withAuthorization(request, forms[form]), form === 'raw' ? 'client_secret_basic_raw' : method);
  const usual = provider.basicForm;
  const first = await sendAs(usual);
  if (!isClientRefusal(first.answer)) return first;
  // A provider that decodes may call a request with the other form malformed. So the record shows the first refusal,
  // unless the provider accepts the other form.
  const other = usual === 'raw' ? 'form_encoded' : 'raw';
  const second = await sendAs(other).catch(() => undefined);
  if (second === undefined || !acceptsClient(second.answer)) return first;
  provider.basicForm = other;
  return second;
}

async function sendRequest(
  code: string,
  { request, method }: { readonly request: TokenRequest; readonly method: string },
  { connection, metadata, fetch }: CallbackContext,
): Promise<TokenResponse> {
  const { headers, body, secrets } = request;
  const answer = await fetch({
    url: metadata.tokenEndpoint,
    method: 'POST',
    headers,
    body,
    bulkhead: connection.organizationId,
    limits: { bytesMax: tokenResponseBytesMax, totalMs: tokenCallMsMax },
    step: 'token',
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, from what was received
  return { answer, method, secrets, code } as TokenResponse;
}

// The redirect URI of the authorization request is the callback's address without the provider's parameters.
function redirectUriOf(callbackUrl: URL): string {
  const url = new URL(callbackUrl);
  url.search = '';
  url.hash = '';
  return url.href;
}
