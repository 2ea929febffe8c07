import type { SignatureAlgorithm } from '../contract/algorithms.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import { subjectLengthMax } from '../contract/limits.ts';
import type { StepFacts } from './attempt-trace.ts';
import { member, type JsonObject } from './bounded-json.ts';
import { idTokenAgeSecondsMax } from './limits.ts';
import { upstreamText } from './upstream-text.ts';

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

type Describe = (claim: unknown, expected: IdTokenExpectations) => StepFacts;

// Of issuer, audience and times an admin needs to see what came; none of them tells who the member is. Of all others
// only whether something came and of what kind: what they hold is the member's, or a secret of the attempt.
const descriptions: Readonly<Record<string, Describe>> = {
  iss: (iss, { issuer }) => ({ expected: issuer, found: named(iss) }),
  aud: (aud, { clientId }) => ({ expected: clientId, found: named(aud) }),
  azp: (azp, { clientId }) => ({ expected: `${clientId}, or none`, found: named(azp) }),
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

/** What a check of a claim expected, and what it found. */
export function claimFacts(name: string, claims: JsonObject, expected: IdTokenExpectations): StepFacts {
  return descriptions[name]?.(member(claims, name), expected) ?? {};
}

/** The same of a claim that passed. */
export function passedClaimFacts(name: string, claims: JsonObject, expected: IdTokenExpectations): StepFacts {
  const facts = claimFacts(name, claims, expected);
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

/** The last moment that JavaScript can name, in seconds (ECMAScript, section 21.4.1.1). */
const lastSecond = 8.64e12;

function time(value: unknown): string {
  if (typeof value !== 'number') return kindOf(value);
  return value > 0 && value <= lastSecond ? new Date(value * 1000).toISOString() : String(value);
}

function latest({ nowSeconds, toleranceSeconds }: IdTokenExpectations): string {
  return time(nowSeconds + toleranceSeconds);
}
