import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import type { FactCode, FactOf, KindFact, StepFacts } from '../../contract/attempt-facts.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { subjectLengthMax } from '../../contract/limits.ts';
import type { AttemptStepName } from '../../contract/login-attempts.ts';
import { member, type JsonObject } from '../bounded-json.ts';
import { idTokenAgeSecondsMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';

export interface IdTokenExpectations {
  readonly algorithm: SignatureAlgorithm;
  readonly issuer: string;
  readonly clientId: string;
  readonly trustedAudiences: readonly string[];
  /** The earliest accepted `auth_time`; `undefined` if the connection sets no `maxAgeSeconds`. */
  readonly authTimeMin: number | undefined;
  /** The accepted values of `acr`; empty if the connection accepts any. */
  readonly acrValues: readonly string[];
  /** The claims that the connection requires, with their accepted values. */
  readonly requiredClaims: ConnectionOptions['requiredClaims'];
  readonly nonce: string;
  readonly state: string;
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
}

/** The claims that the record of a sign-in says something about. */
type ClaimName =
  | 'iss'
  | 'aud'
  | 'azp'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'auth_time'
  | 'acr'
  | 'nonce'
  | 'sub'
  | 'at_hash'
  | 'c_hash'
  | 's_hash'
  | 'events';

/** The facts of a claim. Those of `aud` also name the entries that are not trusted. */
type ClaimFacts<Name extends ClaimName> = StepFacts<Name> & { readonly audience?: string | undefined };

type Describe<Name extends ClaimName> = (
  claim: unknown,
  expected: IdTokenExpectations,
  claims: JsonObject,
) => ClaimFacts<Name>;

// An admin needs the values of issuer, audience and times, and none of them says who the member is. Of any other claim
// only the kind of its value is kept, because the value belongs to the member or is a secret of the attempt.
const descriptions: { readonly [Name in ClaimName]: Describe<Name> } = {
  iss: (iss, { issuer }) => ({
    expected: { code: 'issuer', issuer },
    found: shown(iss, (text) => ({ code: 'issuer', issuer: text })),
  }),
  aud: describeAudience,
  azp: (azp, { clientId }, claims) => ({
    expected: { code: hasSeveralAudiences(claims) ? 'client' : 'client_or_none', clientId },
    found: shown(azp, (text) => ({ code: 'client', clientId: text })),
  }),
  exp: (exp, at) => ({ expected: { code: 'after', seconds: at.nowSeconds - at.toleranceSeconds }, found: time(exp) }),
  nbf: (nbf, at) => ({ expected: { code: 'not_after_or_none', seconds: latest(at) }, found: time(nbf) }),
  iat: (iat, at) => ({
    expected: { code: 'between', fromSeconds: at.nowSeconds - idTokenAgeSecondsMax, toSeconds: latest(at) },
    found: time(iat),
  }),
  auth_time: (value, { authTimeMin }) => ({
    expected: authTimeMin === undefined ? { code: 'time_or_none' } : { code: 'not_before', seconds: authTimeMin },
    found: time(value),
  }),
  acr: (acr, { acrValues }) => ({
    expected: acrValues.length === 0 ? { code: 'any_or_none' } : { code: 'acr_values', values: acrValues },
    found: shown(acr, (text) => ({ code: 'acr', acr: text })),
  }),
  nonce: (nonce) => ({ expected: { code: 'attempt_nonce' }, found: kindOf(nonce) }),
  sub: (sub) => ({ expected: { code: 'visible_characters', lengthMax: subjectLengthMax }, found: kindOf(sub) }),
  at_hash: (hash) => ({ expected: { code: 'access_token_hash_or_none' }, found: kindOf(hash) }),
  c_hash: (hash) => ({ expected: { code: 'code_hash_or_none' }, found: kindOf(hash) }),
  s_hash: (hash) => ({ expected: { code: 'state_hash_or_none' }, found: kindOf(hash) }),
  events: (events) => ({ expected: { code: 'none' }, found: kindOf(events) }),
};

/** The audiences of a token that are neither this client nor in `trustedAudiences`. */
export function untrustedAudiences(
  aud: unknown,
  { clientId, trustedAudiences }: Pick<IdTokenExpectations, 'clientId' | 'trustedAudiences'>,
): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.filter((one) => one !== clientId && !(typeof one === 'string' && trustedAudiences.includes(one)));
}

/** Whether a claim is a time that was counted in milliseconds. */
export function looksLikeMilliseconds(value: unknown): boolean {
  return typeof value === 'number' && value >= millisecondsFrom;
}

/** Whether a token must name its authorized party (OpenID Connect Core, section 3.1.3.7, item 4). */
export function hasSeveralAudiences(claims: JsonObject): boolean {
  const aud = member(claims, 'aud');
  return Array.isArray(aud) && aud.length > 1;
}

// A token that is for this client and for others has another remedy than one that is for others only.
function describeAudience(aud: unknown, expected: IdTokenExpectations): ClaimFacts<'aud'> {
  const { clientId } = expected;
  const found = Array.isArray(aud)
    ? audiencesFact(aud.slice(0, audiencesShownMax).map(audienceText))
    : shown(aud, (text) => audiencesFact([text]));
  const isOurs = Array.isArray(aud) && aud.includes(clientId);
  const untrusted = isOurs ? untrustedAudiences(aud, expected) : [];
  if (untrusted.length === 0) return { expected: { code: 'client', clientId }, found };
  const audience = upstreamText(untrusted.slice(0, audiencesShownMax).map(audienceText).join(', '));
  return { expected: { code: 'client_and_trusted', clientId }, found, audience };
}

const audiencesShownMax = 10;

function audiencesFact(audiences: readonly string[]): FactOf<'audiences'> {
  return { code: 'audiences', audiences };
}

function audienceText(audience: unknown): string {
  return upstreamText(audience) ?? typeof audience;
}

/** What a check of a claim expected, and what it found. */
export function claimFacts(
  name: AttemptStepName,
  claims: JsonObject,
  expected: IdTokenExpectations,
): ClaimFacts<ClaimName> {
  return isClaimName(name) ? descriptions[name](member(claims, name), expected, claims) : {};
}

/** The facts of a claim that passed its checks. */
export function passedClaimFacts(
  name: AttemptStepName,
  claims: JsonObject,
  expected: IdTokenExpectations,
): StepFacts<ClaimName> {
  const { audience: _audience, ...facts } = claimFacts(name, claims, expected);
  const isCompared = comparedClaims.includes(name) && member(claims, name) !== undefined;
  return isCompared ? { ...facts, found: { code: 'same' } } : facts;
}

function isClaimName(name: string): name is ClaimName {
  return Object.hasOwn(descriptions, name);
}

/** Claims that are compared with a value that the record must not show. */
const comparedClaims: readonly string[] = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/** What kind of value a claim has, without the value itself. */
export function kindOf(value: unknown): KindFact {
  if (value === undefined) return { code: 'none' };
  if (value === null) return { code: 'null' };
  if (Array.isArray(value)) return { code: 'list', count: value.length };
  return typeof value === 'string' ? { code: 'string', length: value.length } : { code: 'type', type: typeof value };
}

/** The fact of a value that may be shown if it is a string; otherwise only its kind. */
export function shown<Code extends FactCode>(
  value: unknown,
  show: (text: string) => FactOf<Code>,
): FactOf<Code> | KindFact {
  const text = upstreamText(value);
  return text === undefined ? kindOf(value) : show(text);
}

/** As seconds this is in the year 5138, as milliseconds in 1973. */
const millisecondsFrom = 1e11;

/** The last moment that JavaScript can name, in seconds (ECMAScript, section 21.4.1.1). */
const lastSecond = 8.64e12;

// NumericDate counts seconds (RFC 7519, section 2). A provider that counts milliseconds names a year beyond 5000.
function time(value: unknown): FactOf<'time' | 'milliseconds' | 'number'> | KindFact {
  if (typeof value !== 'number') return kindOf(value);
  if (value >= millisecondsFrom && value <= lastSecond * 1000) return { code: 'milliseconds', value };
  return value > 0 && value <= lastSecond ? { code: 'time', seconds: value } : { code: 'number', value };
}

function latest({ nowSeconds, toleranceSeconds }: IdTokenExpectations): number {
  return nowSeconds + toleranceSeconds;
}
