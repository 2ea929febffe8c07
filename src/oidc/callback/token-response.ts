import type { Fact } from '../../contract/attempt-facts.ts';
import type { PkceSupport } from '../../contract/error-meta.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import { member, parseJsonObject, stringMember, type JsonObject } from '../bounded-json.ts';
import { isJsonType, isTemporary } from '../discovery/fetch-document.ts';
import { idTokenLengthMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';
import type { CallbackContext } from './callback-context.ts';
import type { TokenResponse } from './request-tokens.ts';

declare const read: unique symbol;

/** What a sign-in needs of a token response. Nothing of it is verified yet. */
export interface UnverifiedTokens {
  readonly [read]: true;
  /**
   * As received, of any length. It is `undefined` if the provider issues none, as some do when no scope of an API was
   * requested. Only the userinfo request needs it, so only that checks it.
   */
  readonly accessToken: string | undefined;
  readonly idToken: string;
  /** The code that was exchanged, for `c_hash`. */
  readonly code: string;
}

/**
 * Reads the token response (RFC 6749, section 5; OpenID Connect Core, section 3.1.3.3). A lifetime, a scope or a refresh
 * token in it has no meaning for a sign-in, so none of them can fail it.
 *
 * @throws `idp_client_refused`, `idp_code_refused`, `idp_error`, `idp_unreachable`, `idp_response_invalid`,
 *   `id_token_missing`
 */
export function readTokenResponse(response: TokenResponse, { metadata, trace }: CallbackContext): UnverifiedTokens {
  const { answer, method, code } = response;
  const { parsed, error } = readBody(answer);
  if (answer.status !== 200 || error !== undefined) {
    const described = parsed.ok ? describeError(parsed.value, response.secrets) : {};
    throw tokenError(answer, { method, pkce: metadata.pkce, ...described });
  }
  if (!parsed.ok) {
    throw invalid(parsed.reason);
  }
  const tokens = readTokens(parsed.value);
  trace.passed('token_request', { expected: { code: 'tokens' }, found: { code: 'tokens_for', method } });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the response was read
  return { ...tokens, code } as UnverifiedTokens;
}

/**
 * Whether the token endpoint rejects the client and not the code. Providers send `invalid_client` with 400 or 401, some
 * send `unauthorized_client` for a wrong secret, and a 401 without an error means the same (RFC 6749, section 5.2).
 */
export function isClientRefusal(answer: OutboundResponse): boolean {
  if (isTemporary(answer.status)) return false;
  const { error } = readBody(answer);
  if (error !== undefined) return error === 'invalid_client' || error === 'unauthorized_client';
  return answer.status === 401;
}

/** Whether the token endpoint certainly authenticated the client: it issued tokens, or it rejected only the code. */
export function acceptsClient(answer: OutboundResponse): boolean {
  if (isTemporary(answer.status)) return false;
  const { error } = readBody(answer);
  return error === undefined ? answer.status === 200 : error === 'invalid_grant';
}

// Okta sends an error under its own names if it does not know the client.
function readBody(answer: OutboundResponse) {
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : ({ ok: false, reason: 'content_type' } as const);
  const json = parsed.ok ? parsed.value : {};
  const ownError = answer.status === 200 ? undefined : stringMember(json, 'errorCode');
  return { parsed, error: stringMember(json, 'error') ?? ownError };
}

function readTokens(json: JsonObject): Pick<UnverifiedTokens, 'accessToken' | 'idToken'> {
  // A token of another type (DPoP, MAC) is bound to a proof that this server never made (RFC 6749, section 7.1).
  if (stringMember(json, 'token_type')?.toLowerCase() !== 'bearer') {
    throw invalid('token_type');
  }
  const idToken = member(json, 'id_token');
  if (idToken === undefined || idToken === null) {
    throw appError('id_token_missing', { meta: { step: 'token' } });
  }
  if (typeof idToken !== 'string') {
    throw invalid('id_token');
  }
  if (idToken.length > idTokenLengthMax) {
    throw invalid('id_token_too_long', {
      expected: { code: 'at_most_characters', characters: idTokenLengthMax },
      found: { code: 'characters', characters: idToken.length },
    });
  }
  return { accessToken: stringMember(json, 'access_token'), idToken };
}

interface ErrorFacts {
  readonly method: string;
  readonly pkce: PkceSupport;
  readonly error?: string | undefined;
  readonly errorDescription?: string | undefined;
}

function tokenError(answer: OutboundResponse, { method, ...found }: ErrorFacts): KnownError {
  const meta = { step: 'token', status: answer.status, ...found } as const;
  if (isTemporary(answer.status)) {
    return appError('idp_unreachable', { meta: { reason: 'status', ...meta } });
  }
  if (isClientRefusal(answer)) {
    return appError('idp_client_refused', { meta: { ...meta, method } });
  }
  return appError(readBody(answer).error === 'invalid_grant' ? 'idp_code_refused' : 'idp_error', { meta });
}

function describeError(json: JsonObject, secrets: readonly string[]): Pick<ErrorFacts, 'error' | 'errorDescription'> {
  return {
    error: upstreamText(member(json, 'error') ?? member(json, 'errorCode'), secrets),
    errorDescription: upstreamText(member(json, 'error_description') ?? member(json, 'errorSummary'), secrets),
  };
}

function invalid(reason: string, facts: { readonly expected?: Fact; readonly found?: Fact } = {}): KnownError {
  return appError('idp_response_invalid', { meta: { step: 'token', reason, ...facts } });
}
