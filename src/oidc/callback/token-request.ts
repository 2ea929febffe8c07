import { isKnownError } from '../../contract/errors.ts';
import { ambiguousBasic, authenticationMethod } from '../client-authentication/client-authentication.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { LibraryRequest } from './library-client.ts';
import { tokenCallMsMax } from '../../outbound/limits.ts';
import { tokenResponseBytesMax } from '../limits.ts';
import type { RememberedProvider } from '../discovery/provider-memory.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';

/** What a token request needs besides the request itself. */
export interface TokenEndpoint {
  readonly connection: ConnectionSettings;
  readonly metadata: ProviderMetadata;
  readonly fetch: GuardedFetch;
  readonly provider: Pick<RememberedProvider, 'basicForm'>;
}

/** A token response, and the client authentication that the provider accepted. */
export interface GrantedTokens {
  readonly answer: TokenAnswer;
  readonly method: string;
}

/**
 * Sends a token request (RFC 6749, section 4.1.3).
 *
 * RFC 6749, section 2.3.1 has Basic credentials form-encoded, and several providers do not decode them. They refuse the
 * right secret when it has a character such as `+`, `/` or `=`. The other form is then tried once, with the same code: a
 * provider authenticates the client before it looks at the code. What it accepted comes first from then on.
 *
 * @throws the codes of `readTokenAnswer` and of the guarded fetch
 */
export async function requestTokens(endpoint: TokenEndpoint, request: LibraryRequest): Promise<GrantedTokens> {
  const { connection, metadata, provider } = endpoint;
  const forms = ambiguousBasic(connection, metadata);
  const method = authenticationMethod(connection, metadata);
  if (forms === undefined) return { answer: await send(endpoint, request, method), method };
  const usual = provider.basicForm;
  const other = usual === 'raw' ? 'form_encoded' : 'raw';
  const sendAs = async (form: keyof typeof forms): Promise<GrantedTokens> => {
    const headers = { ...request.headers, authorization: forms[form] };
    const name = form === 'raw' ? 'client_secret_basic_raw' : method;
    return { answer: await send(endpoint, { ...request, headers }, name), method: name };
  };
  try {
    return await sendAs(usual);
  } catch (refusal) {
    if (!isClientRefusal(refusal)) throw refusal;
    return await sendAsOther(
      refusal,
      async () => sendAs(other),
      () => (provider.basicForm = other),
    );
  }
}

// Unless the other form was accepted, the first refusal is what the admin has to know: a provider that decodes may call a
// request with the other form malformed. A refused code shows that the client was authenticated.
async function sendAsOther(
  refusal: unknown,
  request: () => Promise<GrantedTokens>,
  remember: () => void,
): Promise<GrantedTokens> {
  try {
    const granted = await request();
    remember();
    return granted;
  } catch (error) {
    if (!isKnownError(error) || error.code !== 'idp_code_refused') throw refusal;
    remember();
    throw error;
  }
}

function isClientRefusal(error: unknown): boolean {
  return isKnownError(error) && error.code === 'idp_client_refused';
}

async function send(
  { fetch, connection, metadata }: TokenEndpoint,
  { url, headers, form = new URLSearchParams() }: LibraryRequest,
  method: string,
): Promise<TokenAnswer> {
  const { bulkhead, clientSecret } = connection;
  const limits = { bytesMax: tokenResponseBytesMax, totalMs: tokenCallMsMax };
  const answer = await fetch({
    url,
    method: 'POST',
    // Without `charset`, which the library adds: the type has no parameters, and servers exist that reject any.
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: String(form),
    bulkhead,
    limits,
    step: 'token',
  });
  const secrets = () => {
    const [, credentials = ''] = headers['authorization']?.split(' ') ?? [];
    return [
      clientSecret.expose(),
      credentials,
      ...['code', 'code_verifier', 'client_assertion'].map((name) => form.get(name) ?? ''),
    ];
  };
  return readTokenAnswer(answer, { method, pkce: metadata.pkce, secrets });
}
