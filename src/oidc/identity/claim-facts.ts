import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { subjectLengthMax } from '../../contract/limits.ts';
import type { StepFacts } from '../attempt-trace.ts';
import { member, type JsonObject } from '../bounded-json.ts';
import { idTokenAgeSecondsMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';

export interface IdTokenExpectations {
  readonly algorithm: SignatureAlgorithm;
  readonly issuer: string;
  readonly clientId: string;
  readonly trustedAudiences: readonly string[];
  /** The earliest moment that somebody may have signed in at; `undefined` when none was asked for. */
  readonly authTimeMin: number | undefined;
  /** The authentication contexts of which one must be named; empty when none was asked for. */
  readonly acrValues: readonly string[];
  /** Claims that must be there, and what they must hold. */
  readonly requiredClaims: ConnectionOptions['requiredClaims'];
  readonly nonce: string;
  readonly state: string;
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
}

/** Facts of a claim; of an audience also which of its entries are not trusted. */
interface ClaimFacts extends StepFacts {
  readonly audience?: string | undefined;
}

type Describe = (claim: unknown, expected: IdTokenExpectations, claims: JsonObject) => ClaimFacts;

// Of issuer, audience and times an admin needs to see what came; none of them tells who the member is. Of all others
// only whether something came and of what kind: what they hold is the member's, or a secret of the attempt.
const descriptions: Readonly<Record<string, Describe>> = {
  iss: (iss, { issuer }) => ({ expected: issuer, found: named(iss) }),
  aud: describeAudience,
  azp: (azp, { clientId }, claims) => ({
    expected: hasSeveralAudiences(claims) ? clientId : `${clientId}, or none`,
    found: named(azp),
  }),
  exp: (exp, at) => ({ expected: `after ${time(at.nowSeconds - at.toleranceSeconds)}`, found: time(exp) }),
  nbf: (nbf, at) => ({ expected: `not after ${latest(at)}, or none`, found: time(nbf) }),
  iat: (iat, at) => ({
    expected: `from ${time(at.nowSeconds - idTokenAgeSecondsMax)} to ${latest(at)}`,
    found: time(iat),
  }),
  auth_time: (value, { authTimeMin }) => ({
    expected: authTimeMin === undefined ? 'a time, or none' : `not before ${time(authTimeMin)}`,
    found: time(value),
  }),
  acr: (acr, { acrValues }) => ({
    expected: acrValues.length === 0 ? 'any, or none' : acrValues.join(' or '),
    found: named(acr),
  }),
  nonce: (nonce) => ({ expected: 'the nonce of this attempt', found: kindOf(nonce) }),
  sub: (sub) => ({ expected: `1 to ${subjectLengthMax} visible characters`, found: kindOf(sub) }),
  at_hash: (hash) => ({ expected: 'the hash of the access token, or none', found: kindOf(hash) }),
  c_hash: (hash) => ({ expected: 'the hash of the code, or none', found: kindOf(hash) }),
  s_hash: (hash) => ({ expected: 'the hash of the state, or none', found: kindOf(hash) }),
  events: (events) => ({ expected: 'none', found: kindOf(events) }),
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

// A token that is for this client, and for others too, is another fault than one that is for others only.
function describeAudience(aud: unknown, expected: IdTokenExpectations): ClaimFacts {
  const { clientId } = expected;
  const isOurs = Array.isArray(aud) && aud.includes(clientId);
  const untrusted = isOurs ? untrustedAudiences(aud, expected) : [];
  const facts = { expected: clientId, found: named(aud) };
  if (untrusted.length === 0) return facts;
  const audience = upstreamText(untrusted.slice(0, audiencesShownMax).map(audienceText).join(', '));
  return { ...facts, expected: `${clientId}, and no others than trustedAudiences`, audience };
}

const audiencesShownMax = 10;

function audienceText(audience: unknown): string {
  return typeof audience === 'string' ? audience : kindOf(audience);
}

/** What a check of a claim expected, and what it found. */
export function claimFacts(name: string, claims: JsonObject, expected: IdTokenExpectations): ClaimFacts {
  return descriptions[name]?.(member(claims, name), expected, claims) ?? {};
}

/** The same of a claim that passed. */
export function passedClaimFacts(name: string, claims: JsonObject, expected: IdTokenExpectations): StepFacts {
  const { audience: _audience, ...facts } = claimFacts(name, claims, expected);
  return comparedClaims.includes(name) && member(claims, name) !== undefined ? { ...facts, found: 'the same' } : facts;
}

/** Claims that are compared with what must not be told. */
const comparedClaims: readonly string[] = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/** What kind of value a claim holds, without the value itself. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'string' ? `a text of ${value.length} characters` : `a value of type ${typeof value}`;
}

const namedLengthMax = 200;

function named(value: unknown): string | undefined {
  if (typeof value === 'string') return upstreamText(value);
  return Array.isArray(value) ? upstreamText(JSON.stringify(value).slice(0, namedLengthMax)) : kindOf(value);
}

/** A count of seconds of the year 5138, and one of milliseconds of 1973. */
const millisecondsFrom = 1e11;

/** The last moment that JavaScript can name, in seconds (ECMAScript, section 21.4.1.1). */
const lastSecond = 8.64e12;

// NumericDate counts seconds (RFC 7519, section 2). A provider that counts milliseconds names a year beyond 5000.
function time(value: unknown): string {
  if (typeof value !== 'number') return kindOf(value);
  if (value >= millisecondsFrom && value <= lastSecond * 1000) return `${value}, which looks like milliseconds`;
  return value > 0 && value <= lastSecond ? new Date(value * 1000).toISOString() : String(value);
}

function latest({ nowSeconds, toleranceSeconds }: IdTokenExpectations): string {
  return time(nowSeconds + toleranceSeconds);
}
