import { hash as digestOf } from 'node:crypto';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import type { ClaimCheckCode } from '../../contract/error-meta.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import { subjectLengthMax } from '../../contract/limits.ts';
import type { AttemptStepName } from '../../contract/login-attempts.ts';
import { equalsInConstantTime } from '../../kernel/digest.ts';
import { type AttemptTrace, silentTrace } from '../attempt-trace.ts';
import { member, type JsonObject } from '../bounded-json.ts';
import {
  claimFacts,
  hasSeveralAudiences,
  type IdTokenExpectations,
  looksLikeMilliseconds,
  passedClaimFacts,
  untrustedAudiences,
} from '../identity/claim-facts.ts';
import { checkIdTokenHeader, headerCheckNames } from './id-token-header.ts';
import { idTokenAgeSecondsMax } from '../limits.ts';
import { findUnmetClaim } from '../identity/required-claims.ts';
import type { SignedIdToken } from './verify-signature.ts';

declare const checked: unique symbol;

/** An ID token that passed every check. Only {@link checkIdToken} makes one. */
export interface CheckedIdToken extends SignedIdToken {
  readonly [checked]: true;
  readonly subject: string;
}

/** The values that hash claims are computed from (Core, sections 3.1.3.6 and 3.3.2.11). */
type HashedValues = Pick<SignedIdToken, 'accessToken' | 'code'>;
type Facts = IdTokenExpectations & { readonly claims: JsonObject; readonly hashed: HashedValues };
type Check = readonly [name: AttemptStepName, code: ClaimCheckCode, passes: (claim: unknown, facts: Facts) => boolean];

/**
 * The checks of the claims in their order: the name of the claim, the error code, and the condition that must hold.
 * Numbers in brackets are items of OpenID Connect Core, section 3.1.3.7.
 */
const checks: readonly Check[] = [
  ['iss', 'id_token_invalid', (iss, { issuer }) => iss === issuer], // (2), code point by code point
  ['aud', 'id_token_invalid', (aud, { clientId }) => (Array.isArray(aud) ? aud.includes(clientId) : aud === clientId)], // (3)
  ['aud', 'id_token_invalid', (aud, facts) => untrustedAudiences(aud, facts).length === 0], // (3)
  ['azp', 'id_token_invalid', (azp, { claims }) => azp !== undefined || !hasSeveralAudiences(claims)], // (4)
  ['azp', 'id_token_invalid', (azp, { clientId }) => azp === undefined || azp === clientId], // (5)
  ['exp', 'id_token_invalid', isTime],
  ['exp', 'id_token_not_current', (exp, at) => isTime(exp) && exp > at.nowSeconds - at.toleranceSeconds], // (9)
  ['nbf', 'id_token_invalid', (nbf) => nbf === undefined || isTime(nbf)],
  ['nbf', 'id_token_not_current', (nbf, at) => nbf === undefined || isPast(nbf, at)], // RFC 7519, section 4.1.5
  ['iat', 'id_token_invalid', isTime],
  ['iat', 'id_token_not_current', isPast], // (10)
  ['iat', 'id_token_not_current', (iat, at) => isTime(iat) && iat >= at.nowSeconds - idTokenAgeSecondsMax], // (10)
  ['auth_time', 'id_token_invalid', (time) => time === undefined || time === 0 || isTime(time)], // (13); 0: unknown
  ['auth_time', 'id_token_invalid', (time, { authTimeMin }) => authTimeMin === undefined || isTime(time)], // (13)
  ['auth_time', 'authentication_too_old', isRecentEnough], // (13)
  ['nonce', 'id_token_invalid', isExpectedNonce], // (11)
  ['sub', 'subject_invalid', (sub) => isSubject(sub)], // Core, section 2
  ['at_hash', 'id_token_invalid', (hash, facts) => isHashOf(hash, facts.hashed.accessToken, facts)], // Core, 3.1.3.8
  ['c_hash', 'id_token_invalid', (hash, facts) => isHashOf(hash, facts.hashed.code, facts)], // Core, 3.3.2.11
  ['s_hash', 'id_token_invalid', (hash, facts) => isHashOf(hash, facts.state, facts)], // FAPI 1.0 part 2, section 5.1.1
  ['events', 'id_token_invalid', (events) => events === undefined], // a logout token, RFC 8725, section 3.12
  ['acr', 'authentication_too_weak', isAcceptedContext], // (12)
];

/** Each claim has one step in the record, after the last of its checks. */
const namedChecks = checks.map(([name, code, passes], index) => ({
  name,
  code,
  passes,
  isLastOfClaim: checks[index + 1]?.[0] !== name,
}));

/** The names of all checks of an ID token, in their order, for the record of an attempt. */
export const idTokenCheckNames: readonly string[] = [
  ...headerCheckNames,
  'signature',
  ...new Set(checks.map(([name]) => name)),
  'required_claims',
];

/**
 * Checks the claims of an ID token. oauth4webapi checks them again (`validate-with-library.ts`), but it does not check
 * `typ`, hashes, the form of `sub`, the age in `iat`, or `azp` beside a single audience.
 *
 * @throws the error code of the check that failed; `meta.check` is the name of the check
 */
export function checkIdToken(
  token: SignedIdToken,
  expected: IdTokenExpectations,
  trace: AttemptTrace = silentTrace,
): CheckedIdToken {
  checkIdTokenHeader(token.header, expected.algorithm);
  const facts: Facts = { ...expected, claims: token.claims, hashed: token };
  for (const { name, code, passes, isLastOfClaim } of namedChecks) {
    const claim = member(token.claims, name);
    if (!passes(claim, facts)) {
      throw checkFailed({ name, code }, token.claims, expected);
    }
    if (isLastOfClaim) {
      const stepFacts = passedClaimFacts(name, token.claims, expected);
      if (claim === undefined && name !== 'events') trace.skipped<AttemptStepName>(name, stepFacts);
      else trace.passed(name, stepFacts);
    }
  }
  const unmet = findUnmetClaim(token.claims, expected.requiredClaims);
  if (unmet !== undefined) {
    throw appError('required_claim_missing', { meta: { step: 'id_token', check: 'required_claims', ...unmet } });
  }
  const claims = Object.keys(expected.requiredClaims);
  if (claims.length > 0) {
    trace.passed('required_claims', {
      expected: { code: 'required_claims', claims },
      found: { code: 'required_values' },
    });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the checks
  return { ...token, subject: member(token.claims, 'sub') } as CheckedIdToken;
}

function checkFailed(
  { name, code }: { readonly name: AttemptStepName; readonly code: ClaimCheckCode },
  claims: JsonObject,
  expected: IdTokenExpectations,
): KnownError {
  const isTimeOfToken = ['exp', 'nbf', 'iat', 'auth_time'].includes(name);
  const reason =
    isTimeOfToken && looksLikeMilliseconds(member(claims, name)) ? ({ reason: 'milliseconds' } as const) : {};
  return appError(code, { meta: { step: 'id_token', check: name, ...reason, ...claimFacts(name, claims, expected) } });
}

// NumericDate (RFC 7519, section 2), within the integers that JavaScript represents exactly.
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isPast(value: unknown, { nowSeconds, toleranceSeconds }: IdTokenExpectations): boolean {
  return isTime(value) && value <= nowSeconds + toleranceSeconds;
}

// A time in the future says nothing about how long ago the authentication was.
function isRecentEnough(time: unknown, at: IdTokenExpectations): boolean {
  return (
    at.authTimeMin === undefined || (isTime(time) && time >= at.authTimeMin - at.toleranceSeconds && isPast(time, at))
  );
}

function isExpectedNonce(nonce: unknown, expected: IdTokenExpectations): boolean {
  return typeof nonce === 'string' && equalsInConstantTime(nonce, expected.nonce);
}

function isAcceptedContext(acr: unknown, { acrValues }: IdTokenExpectations): boolean {
  return acrValues.length === 0 || (typeof acr === 'string' && acrValues.includes(acr));
}

// Any text without characters that cannot be stored, logged or distinguished by eye: controls, format characters (such
// as bidirectional marks) and lone surrogates. It must not be blank.
const subjectPattern = /^(?=[^]*\S)[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+$/u;

function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && sub.length <= subjectLengthMax && subjectPattern.test(sub);
}

// The left half of the hash that the algorithm determines (Core, section 3.1.3.6). base64url has no padding (RFC 7515,
// section 2), but some providers pad, and padding says nothing about the hash.
function isHashOf(hash: unknown, value: string | undefined, { algorithm }: IdTokenExpectations): boolean {
  if (hash === undefined) return true;
  if (typeof hash !== 'string' || value === undefined) return false;
  const unpadded = hash.replace(/={1,2}$/, '');
  return hashNames(algorithm).some((name) => {
    const digest = digestOf(name, Buffer.from(value), 'buffer');
    return unpadded === digest.subarray(0, digest.length / 2).toString('base64url');
  });
}

// EdDSA determines no hash. Most providers use SHA-512, which an Ed25519 signature uses internally. Glewlwyd uses
// SHA-256.
function hashNames(algorithm: SignatureAlgorithm): readonly string[] {
  return algorithm === 'EdDSA' ? ['sha512', 'sha256'] : [`sha${algorithm.slice(2)}`];
}
