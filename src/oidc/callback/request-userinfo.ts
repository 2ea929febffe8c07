import type { Fact } from '../../contract/attempt-facts.ts';
import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import { member, parseJsonObject, type JsonObject } from '../bounded-json.ts';
import { optionsOf, userinfoAlgorithm } from '../connection.ts';
import { isJsonType, isTemporary, mediaType } from '../discovery/fetch-document.ts';
import type { IdTokenExpectations } from '../identity/claim-facts.ts';
import { bearerTokenLengthMax, callMsMax, keyIdLengthMax, userinfoBytesMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';
import type { CallbackContext } from './callback-context.ts';
import { describeToken, parseCompactJws, type CompactJws } from './compact-jws.ts';
import { findSigningKey } from './find-signing-key.ts';
import { type ValidatedIdToken, validateSignedUserinfo } from './validate-with-library.ts';
import { algorithmNames } from './signing-algorithm.ts';
import { verifyMac } from './verify-mac.ts';

/** A userinfo response: claims about the ID token's subject, or an error that ends the sign-in. */
export type UserinfoResponse =
  | { readonly state: 'accepted'; readonly claims: JsonObject }
  | { readonly state: 'rejected'; readonly error: KnownError };

/** The expectations of an ID token that also apply to a signed userinfo response. */
type UserinfoExpectations = Pick<IdTokenExpectations, 'issuer' | 'clientId' | 'nowSeconds' | 'toleranceSeconds'>;

/**
 * Requests userinfo and verifies the response (OpenID Connect Core, section 5.3): JSON, or a JWT. Two implementations
 * must accept a JWT. A response about another subject is rejected.
 *
 * @throws `idp_unreachable`, `idp_address_refused`, `idp_response_invalid`, and what the guarded fetch and fetching the
 *   JWK Set throw, if no usable response was received
 */
export async function requestUserinfo(
  token: ValidatedIdToken,
  expected: UserinfoExpectations,
  context: CallbackContext,
): Promise<UserinfoResponse> {
  const answer = await sendRequest(token, context);
  const response =
    mediaType(answer) === 'application/jwt'
      ? await readSigned(answer, { expected, subject: token.subject }, context)
      : readPlain(answer, context);
  return response.state === 'accepted' ? checkSubject(response.claims, token.subject) : response;
}

async function sendRequest(
  { accessToken }: ValidatedIdToken,
  { connection, metadata, fetch }: CallbackContext,
): Promise<OutboundResponse> {
  const { userinfoEndpoint: url, userinfoRefused } = metadata;
  if (url === undefined || userinfoRefused !== undefined) {
    const meta = { step: 'userinfo', field: 'userinfo_endpoint', reason: userinfoRefused };
    throw appError('idp_address_refused', { meta });
  }
  const answer = await fetch({
    url,
    headers: { accept: 'application/json, application/jwt', authorization: `Bearer ${requireBearer(accessToken)}` },
    bulkhead: connection.organizationId,
    limits: { bytesMax: userinfoBytesMax, totalMs: callMsMax },
    step: 'userinfo',
  });
  if (answer.status !== 200) {
    const code = isTemporary(answer.status) ? 'idp_unreachable' : 'idp_response_invalid';
    throw appError(code, { meta: { step: 'userinfo', reason: 'status', status: answer.status } });
  }
  return answer;
}

function requireBearer(accessToken: string | undefined): string {
  const fault = bearerFault(accessToken);
  if (accessToken !== undefined && fault === undefined) return accessToken;
  const expected = { code: 'access_token', lengthMax: bearerTokenLengthMax } as const;
  throw appError('idp_response_invalid', { meta: { step: 'userinfo', expected, ...fault } });
}

// The token becomes part of a header: visible ASCII (RFC 6750, section 2.1 allows less), and no longer than servers
// accept.
function bearerFault(accessToken = ''): { reason: string; found: Fact } | undefined {
  if (accessToken === '') return { reason: 'access_token_missing', found: { code: 'none' } };
  if (!/^[\x21-\x7e]+$/.test(accessToken)) {
    return { reason: 'access_token_malformed', found: { code: 'header_unsafe_characters' } };
  }
  return accessToken.length > bearerTokenLengthMax
    ? { reason: 'access_token_too_long', found: { code: 'characters', characters: accessToken.length } }
    : undefined;
}

function readPlain(answer: OutboundResponse, { connection }: CallbackContext): UserinfoResponse {
  // If an admin registered a signed response, an unsigned one is rejected.
  const { userinfoSignedResponseAlg } = optionsOf(connection);
  if (userinfoSignedResponseAlg !== 'automatic') {
    return rejected('userinfo_not_signed', {
      expected: { code: 'signed_with', algorithm: userinfoSignedResponseAlg },
    });
  }
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : ({ ok: false, reason: 'content_type' } as const);
  if (!parsed.ok) {
    throw appError('idp_response_invalid', { meta: { step: 'userinfo', reason: parsed.reason } });
  }
  return { state: 'accepted', claims: parsed.value };
}

interface SignedExpectations {
  readonly expected: UserinfoExpectations;
  readonly subject: string;
}

async function readSigned(
  answer: OutboundResponse,
  { expected, subject }: SignedExpectations,
  context: CallbackContext,
): Promise<UserinfoResponse> {
  const { connection } = context;
  const text = answer.body.toString('latin1').trim();
  const algorithm = userinfoAlgorithm(connection);
  const jws = parseCompactJws(text);
  if (jws === undefined) {
    return rejected('not_verified', { expected: { code: 'signed_jwt' }, found: describeToken(text) });
  }
  const fault = headerFault(jws, algorithm) ?? claimFault(jws.claims, expected);
  if (fault !== undefined) return fault;
  if (algorithm === 'HS256') {
    const verdict = await verifyMac(jws, connection.clientSecret);
    if (verdict === 'verified') return { state: 'accepted', claims: jws.claims };
    return rejected('not_verified', {
      found: { code: verdict === 'no_secret' ? 'mac_without_secret' : 'not_signed_with_secret' },
    });
  }
  const kid = stringKid(jws);
  const { key, tried } = await findSigningKey(jws, context.provider.keys, { algorithm, kid });
  if (key === undefined) {
    return rejected('not_verified', {
      found: { code: tried === 0 ? 'no_matching_key' : 'not_signed_with_published_key' },
    });
  }
  const subjectFound = checkSubject(jws.claims, subject);
  if (subjectFound.state === 'rejected') return subjectFound;
  const library = await validateSignedUserinfo({ text, subject, algorithm, key }, expected);
  return library === undefined ? subjectFound : rejected('not_verified', { library });
}

function stringKid({ header }: CompactJws): string | undefined {
  const kid = member(header, 'kid');
  return typeof kid === 'string' ? kid : undefined;
}

function headerFault({ header }: CompactJws, algorithm: SignatureAlgorithm): UserinfoResponse | undefined {
  const alg = member(header, 'alg');
  if (typeof alg !== 'string' || !algorithmNames(algorithm).includes(alg)) {
    return rejected('userinfo_algorithm', {
      expected: { code: 'algorithm', algorithm },
      found: alg === undefined ? { code: 'none' } : { code: 'algorithm', algorithm: upstreamText(alg) ?? typeof alg },
    });
  }
  // RFC 7515, section 4.1.11: no extension is supported here, as with ID tokens.
  const kid = member(header, 'kid');
  if (['crit', 'b64', 'zip', 'enc'].some((name) => member(header, name) !== undefined)) {
    return rejected('not_verified', { found: { code: 'header_extension' } });
  }
  return kid !== undefined && (typeof kid !== 'string' || kid.length > keyIdLengthMax)
    ? rejected('not_verified', { found: { code: 'kid_malformed' } })
    : undefined;
}

// All four claims are optional. If present, they must be about this issuer, this client and the current time (OpenID
// Connect Core, section 5.3.2; RFC 7519, section 4.1).
function claimFault(claims: JsonObject, expected: UserinfoExpectations): UserinfoResponse | undefined {
  const [iss, aud, exp, nbf] = ['iss', 'aud', 'exp', 'nbf'].map((name) => member(claims, name));
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const { issuer, clientId, nowSeconds, toleranceSeconds } = expected;
  if (iss !== undefined && iss !== issuer) return rejected('not_verified', { found: { code: 'other_iss' } });
  if (aud !== undefined && !audiences.includes(clientId)) {
    return rejected('not_verified', { found: { code: 'other_aud' } });
  }
  if (exp !== undefined && !(typeof exp === 'number' && exp > nowSeconds - toleranceSeconds)) {
    return rejected('not_verified', { found: { code: 'exp_passed' } });
  }
  return nbf !== undefined && !(typeof nbf === 'number' && nbf <= nowSeconds + toleranceSeconds)
    ? rejected('not_verified', { found: { code: 'nbf_in_future' } })
    : undefined;
}

// `sub` is required (OpenID Connect Core, section 5.3.2).
function checkSubject(claims: JsonObject, subject: string): UserinfoResponse {
  const sub = member(claims, 'sub');
  if (sub === subject) return { state: 'accepted', claims };
  const reason = typeof sub === 'string' ? 'sub_differs' : 'sub_absent';
  const error = appError('userinfo_subject_mismatch', { meta: { step: 'userinfo', check: 'sub', reason } });
  return { state: 'rejected', error };
}

function rejected(
  reason: string,
  facts: { readonly expected?: Fact; readonly found?: Fact; readonly library?: string },
): UserinfoResponse {
  const error = appError('idp_response_invalid', { meta: { step: 'userinfo', reason, ...facts } });
  return { state: 'rejected', error };
}
