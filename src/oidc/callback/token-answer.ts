import { appError, type KnownError } from '../../contract/errors.ts';
import type { StepFacts } from '../attempt-trace.ts';
import { member, parseJsonObject, stringMember, type JsonObject } from '../bounded-json.ts';
import { isJsonType, isTemporary } from '../discovery/fetch-document.ts';
import { idTokenLengthMax } from '../limits.ts';
import type { Answer } from '../../outbound/outbound-request.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { upstreamText } from '../upstream-text.ts';

/** What a sign-in needs of a token response. The rest is dropped, because nothing here uses it. */
export interface TokenAnswer {
  /**
   * As it came, of any length. It is `undefined` where the provider issues none, as some do when no scope of an API was
   * requested. Only the userinfo request needs it, so only that judges it (`userinfo-request.ts`).
   */
  readonly accessToken: string | undefined;
  readonly idToken: string;
}

/** What was sent to the token endpoint, as far as an error needs it. */
interface Sent {
  /** The client authentication method. */
  readonly method: string;
  readonly pkce: ProviderMetadata['pkce'];
  /** What is taken out of the provider's words about an error; nobody asks for them without one. */
  readonly secrets: () => readonly string[];
}

/**
 * Reads the answer of the token endpoint (RFC 6749, section 5; OpenID Connect Core, section 3.1.3.3).
 *
 * @throws `idp_client_refused`, `idp_code_refused`, `idp_error`, `idp_unreachable`, `idp_response_invalid`,
 *   `id_token_missing`
 */
export function readTokenAnswer(answer: Answer, { method, pkce, secrets }: Sent): TokenAnswer {
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : ({ ok: false, reason: 'content_type' } as const);
  const error = parsed.ok ? errorOf(parsed.value, answer.status) : undefined;
  if (answer.status !== 200 || error !== undefined) {
    throw tokenError(answer.status, error, { method, pkce, ...(parsed.ok ? describe(parsed.value, secrets()) : {}) });
  }
  if (!parsed.ok) {
    throw invalid(parsed.reason);
  }
  return readTokens(parsed.value);
}

// Okta has names of its own for both, and sends them when it does not know the client.
function errorOf(json: JsonObject, status: number): string | undefined {
  return stringMember(json, 'error') ?? (status === 200 ? undefined : stringMember(json, 'errorCode'));
}

function readTokens(json: JsonObject): TokenAnswer {
  // A token of another type (DPoP, MAC) is bound to a proof that was never made (RFC 6749, section 7.1).
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
      expected: `at most ${idTokenLengthMax} characters`,
      found: `${idToken.length} characters`,
    });
  }
  return { accessToken: stringMember(json, 'access_token'), idToken };
}

function tokenError(
  status: number,
  error: string | undefined,
  { method, ...found }: Record<string, unknown>,
): KnownError {
  const meta = { step: 'token', status, ...found };
  if (isTemporary(status)) {
    return appError('idp_unreachable', { meta: { reason: 'status', ...meta } });
  }
  // Providers send invalid_client with 400 or 401, and a 401 without a body says the same (RFC 6749, section 5.2).
  if (error === 'invalid_client' || error === 'unauthorized_client' || (error === undefined && status === 401)) {
    return appError('idp_client_refused', { meta: { ...meta, method } });
  }
  return appError(error === 'invalid_grant' ? 'idp_code_refused' : 'idp_error', { meta });
}

function describe(json: JsonObject, secrets: readonly string[]): Record<string, unknown> {
  return {
    error: upstreamText(member(json, 'error') ?? member(json, 'errorCode'), secrets),
    errorDescription: upstreamText(member(json, 'error_description') ?? member(json, 'errorSummary'), secrets),
  };
}

function invalid(reason: string, facts: StepFacts = {}): KnownError {
  return appError('idp_response_invalid', { meta: { step: 'token', reason, ...facts } });
}
