import * as openid from 'openid-client';

import { type AttemptTrace, silentTrace } from '../attempt-trace.ts';
import type { CodeCallback } from './callback-parameters.ts';
import { openClientCredentials } from '../client-authentication/client-authentication.ts';
import { jwsHeader } from './compact-jws.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { JsonObject } from '../bounded-json.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { verifyIdTokenSignature } from './id-token-signature.ts';
import { candidateKeys, type VerificationKey } from '../discovery/key-set.ts';
import { createLibraryClient, type LibraryTransport } from './library-client.ts';
import { causes, fromLibraryError, type JudgeClaims } from './library-errors.ts';
import type { LibraryClient, RememberedProvider } from '../discovery/provider-memory.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { receivedResponse } from './received-response.ts';
import type { TokenAnswer } from './token-answer.ts';
import { requestTokens } from './token-request.ts';
import { sendUserinfoRequest } from './userinfo-request.ts';

declare const signed: unique symbol;

/** An ID token whose signature was verified, and that passed the library's checks; ours come next. */
export interface SignedIdToken {
  readonly [signed]: true;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly accessToken: string | undefined;
  readonly code: string;
  /** What verified it, for the call to userinfo. */
  readonly client: LibraryClient;
}

export interface CodeExchange {
  readonly connection: ConnectionSettings;
  readonly provider: RememberedProvider;
  readonly metadata: ProviderMetadata;
  readonly callback: CodeCallback;
  readonly attempt: AttemptUnderWay;
  readonly fetch: GuardedFetch;
}

/** What only this attempt knows, and where it tells how it went. */
interface AttemptUnderWay {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly trace: AttemptTrace;
  readonly judgeClaims: JudgeClaims;
}

/**
 * Exchanges the code for tokens at the token endpoint, once, and lets the library check the response (OpenID Connect
 * Core, sections 3.1.3.3 to 3.1.3.7).
 *
 * @throws the codes of `readTokenAnswer`, `verifyIdTokenSignature` and `fromLibraryError`, and of the guarded fetch
 */
export async function exchangeCode(exchange: CodeExchange): Promise<SignedIdToken> {
  openClientCredentials(exchange.connection);
  const client = await expectedClient(exchange);
  const { trace, codeVerifier, judgeClaims } = exchange.attempt;
  exchange.provider.traces.set(codeVerifier, trace);
  try {
    return await grant(exchange, client);
  } catch (error) {
    const other = causes(error).find((cause) => cause instanceof OtherKeyError);
    if (other === undefined) {
      throw fromLibraryError(error, judgeClaims);
    }
    // The code is spent, so the answer at hand is replayed to a configuration that holds the key which signed it.
    return await grantFromAnswer(exchange, other);
  } finally {
    exchange.provider.traces.delete(codeVerifier);
  }
}

/** The answer is fine, but was signed with another key than the one that the library's configuration holds. */
class OtherKeyError extends Error {
  override readonly name = 'OtherKeyError';
  readonly answer: TokenAnswer;
  readonly key: VerificationKey | undefined;

  constructor(answer: TokenAnswer, key: VerificationKey | undefined) {
    super('signed with another key');
    this.answer = answer;
    this.key = key;
  }
}

// The configuration of the last sign-in, unless the provider's document or our own key has changed since; else one with
// the key that the provider would sign with if it had only one.
async function expectedClient(exchange: CodeExchange): Promise<LibraryClient> {
  const { connection, provider, metadata, fetch, attempt } = exchange;
  const known = provider.client;
  if (known?.metadata === metadata && known.clientKeyId === connection.clientKey?.id) return known;
  const key = await likelyKey(connection, provider);
  attempt.trace.passed('keys', { found: key === undefined ? 'no key that fits' : 'the key set of the provider' });
  const client = createSharedClient({ connection, provider, metadata, fetch }, key);
  provider.client = client;
  return client;
}

// Only a guess: should there be no key, or another one sign, the token itself tells, and better than this could.
async function likelyKey(
  { algorithm }: ConnectionSettings,
  provider: RememberedProvider,
): Promise<VerificationKey | undefined> {
  if (algorithm === 'HS256') {
    return undefined;
  }
  const keySet = await provider.keys.read().catch(() => undefined);
  return keySet === undefined ? undefined : candidateKeys(keySet, algorithm, undefined)[0];
}

type Shared = Pick<CodeExchange, 'connection' | 'provider' | 'metadata' | 'fetch'>;

function createSharedClient(shared: Shared, key: VerificationKey | undefined): LibraryClient {
  const { connection, provider, metadata, fetch } = shared;
  const client: LibraryClient = createLibraryClient(connection, { metadata, key }, async (request) => {
    if (request.endpoint === 'userinfo') {
      return sendUserinfoRequest({ connection, provider, fetch, heldKey: key }, request);
    }
    const trace = provider.traces.get(request.form?.get('code_verifier') ?? '') ?? silentTrace;
    const { answer, method } = await requestTokens({ connection, metadata, fetch, provider }, request);
    trace.passed('token_request', { expected: 'tokens', found: `tokens, to ${method}` });
    const signer = await verifyIdTokenSignature(answer.idToken, { connection, provider, trace });
    if (signer?.jwkSet !== key?.jwkSet) {
      throw new OtherKeyError(answer, signer);
    }
    return tokenResponse(answer);
  });
  return client;
}

/** Stands for an access token that did not come. */
const noAccessToken = 'no access token';

// A lifetime, a scope or a refresh token in the answer is none of the sign-in's business, so it cannot fail it either.
function tokenResponse({ accessToken, idToken }: TokenAnswer): Response {
  // The library wants an access token of any kind. It is never sent: userinfo is asked with the one that came.
  const content = { access_token: accessToken || noAccessToken, token_type: 'bearer', id_token: idToken };
  return receivedResponse('application/json', content);
}

async function grantFromAnswer(exchange: CodeExchange, { answer, key }: OtherKeyError): Promise<SignedIdToken> {
  const { connection, provider, metadata, fetch, attempt } = exchange;
  const replay: LibraryTransport = (request) =>
    request.endpoint === 'token'
      ? Promise.resolve(tokenResponse(answer))
      : sendUserinfoRequest({ connection, provider, fetch, heldKey: key }, request);
  try {
    const token = await grant(exchange, createLibraryClient(connection, { metadata, key }, replay));
    provider.client = createSharedClient({ connection, provider, metadata, fetch }, key);
    return token;
  } catch (error) {
    throw fromLibraryError(error, attempt.judgeClaims);
  }
}

async function grant({ callback, attempt }: CodeExchange, client: LibraryClient): Promise<SignedIdToken> {
  const tokens = await openid.authorizationCodeGrant(client.configuration, callback.url, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.codeVerifier,
    idTokenExpected: true,
  });
  const claims: JsonObject = { ...tokens.claims() };
  const token = {
    header: jwsHeader(tokens.id_token ?? ''),
    claims,
    accessToken: tokens.access_token === noAccessToken ? undefined : tokens.access_token,
    code: callback.code,
    client,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the signature was verified
  return token as SignedIdToken;
}
