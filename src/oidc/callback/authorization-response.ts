import type { FactOf } from '../../contract/attempt-facts.ts';
import type { ResponseFault } from '../../contract/error-meta.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import { equalsInConstantTime } from '../../kernel/digest.ts';
import { type AttemptTrace, silentTrace } from '../attempt-trace.ts';
import { callbackParameterLengthMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';
import type { CallbackContext } from './callback-context.ts';

declare const checked: unique symbol;

/** An authorization response to a request of this server: its form and its `state` are checked. */
export interface AuthorizationResponse {
  readonly [checked]: 'state';
  readonly url: URL;
  readonly code: string | undefined;
  readonly iss: string | undefined;
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
}

/** An authorization response whose issuer is checked too, and that carries a code. */
export interface CodeResponse {
  readonly [checked]: 'code';
  readonly url: URL;
  readonly code: string;
}

/**
 * Parses the authorization response before anything is fetched: its parameters are those of a code response (RFC 6749,
 * section 4.1.2), each at most once, and `state` is the one that was sent (RFC 9700, section 4.7).
 *
 * @throws `callback_malformed`
 */
export function parseAuthorizationResponse(
  url: URL,
  expectedState: string,
  trace: AttemptTrace = silentTrace,
): AuthorizationResponse {
  const parameters = url.searchParams;
  // This server never requests a response of another flow (implicit, hybrid, JARM).
  for (const name of ['response', 'id_token', 'access_token', 'token', 'token_type']) {
    if (parameters.has(name)) {
      throw malformed('unasked_parameter', name);
    }
  }
  const [state, code, iss, error, errorDescription] = ['state', 'code', 'iss', 'error', 'error_description'].map(
    (name) => single(parameters, name),
  );
  if (state === undefined || !equalsInConstantTime(state, expectedState)) {
    throw malformed('state', 'state');
  }
  if ((code === undefined) === (error === undefined)) {
    throw malformed('code_or_error', 'code');
  }
  trace.passed('callback_form', { expected: { code: 'code_or_error' } });
  trace.passed('state', { expected: { code: 'attempt_state' }, found: { code: 'same' } });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the checks
  return { url, code, iss, error, errorDescription } as AuthorizationResponse;
}

/**
 * Checks that the response comes from the provider that received the request (RFC 9207, section 2.4). Only then is its
 * error believed. The record keeps the error of a response that fails this check, and marks it as unverified.
 *
 * @throws `idp_issuer_mismatch`, `idp_denied`, `idp_error`, `callback_malformed`
 */
export function checkResponseIssuer(
  response: AuthorizationResponse,
  { metadata, trace }: Pick<CallbackContext, 'metadata' | 'trace'>,
): CodeResponse {
  const { url, code, iss, error } = response;
  const expected = { code: 'issuer', issuer: metadata.issuer } as const;
  if (iss === undefined ? metadata.sendsIssParameter : iss !== metadata.issuer) {
    const facts =
      iss === undefined
        ? ({ reason: 'iss_absent', found: none } as const)
        : ({ reason: 'iss_differs', found: issuerFact(iss) } as const);
    throw appError('idp_issuer_mismatch', { meta: { step: 'callback', expected, ...facts, ...errorOf(response) } });
  }
  if (error !== undefined) {
    const meta = { step: 'callback', pkce: metadata.pkce, ...errorOf(response) } as const;
    throw appError(error === 'access_denied' ? 'idp_denied' : 'idp_error', { meta });
  }
  if (code === undefined) {
    throw malformed('code_or_error', 'code');
  }
  trace.passed('callback_iss', { expected, found: iss === undefined ? { code: 'iss_optional' } : expected });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the checks
  return { url, code } as CodeResponse;
}

const none = { code: 'none' } as const;

function issuerFact(iss: string): FactOf<'issuer'> {
  return { code: 'issuer', issuer: upstreamText(iss) ?? '' };
}

function errorOf({ url, error, errorDescription }: AuthorizationResponse) {
  if (error === undefined) return {};
  const secrets = url.searchParams.getAll('state');
  return { error: upstreamText(error, secrets), errorDescription: upstreamText(errorDescription, secrets) };
}

// An empty parameter counts as absent (RFC 6749, section 3.1); `name[]` is how some parsers spell a list.
function single(parameters: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = parameters.getAll(name);
  if (others.length > 0 || parameters.has(`${name}[]`)) {
    throw malformed('repeated_parameter', name);
  }
  // A description may have any length, because the record keeps only its beginning.
  if (name !== 'error_description' && value !== undefined && value.length > callbackParameterLengthMax) {
    throw malformed('too_long', name);
  }
  return value === '' ? undefined : value;
}

function malformed(reason: ResponseFault, parameter: string): KnownError {
  return appError('callback_malformed', { meta: { step: 'callback', reason, parameter } });
}
