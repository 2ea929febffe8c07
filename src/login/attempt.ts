import type { MetadataSource } from '../contract/attempt-facts.ts';
import type { AttemptRoute } from '../contract/login-attempts.ts';
import { attemptLifetimeSeconds } from '../contract/limits.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import type { Random } from '../kernel/random.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { Continuation } from './continuation.ts';

/**
 * A pending sign-in. It is encrypted in a cookie that is bound to the `state` of the authorization request. So any node
 * can finish it, two tabs do not disturb each other, and no one else can read or create it.
 */
export interface Attempt {
  readonly id: string;
  readonly organizationId: string;
  readonly configId: string;
  readonly revision: number;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly issuer: string;
  readonly continuation: Continuation;
  /** The hash of the token in the invitation link that was opened in this browser. */
  readonly invitationHash?: string;
  readonly startedAtMs: number;
  /** Whether it restarted an attempt that timed out at the provider. That happens once. */
  readonly isRestart?: boolean;
  /** How it was started, for its record. Missing if a node of an older version started it. */
  readonly start?: { readonly by: AttemptRoute; readonly discovery: MetadataSource; readonly durationMs: number };
}

export const attemptCookiePrefix = 'sallyport_attempt_';
const stateBytes = 32;
const timeDigits = 9;

/** A `state` (RFC 6749, section 10.12): its creation time, for the clean-up, and 256 random bits. */
export function newState(nowMs: number, random: Random): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(36)
    .padStart(timeDigits, '0');
  return `${seconds}-${random.token(stateBytes)}`;
}

/** The name of the cookie for a `state`. The time comes first, so that names sort by age. */
export function attemptCookieName(state: string): string | undefined {
  const match = /^([0-9a-z]{9})-([\w-]{43})$/.exec(state);
  return match === null ? undefined : `${attemptCookiePrefix}${match[1]}_${match[2]?.slice(0, 12)}`;
}

export function sealAttempt(keyring: Keyring, state: string, attempt: Attempt): string {
  return keyring.seal(JSON.stringify(attempt), purpose(state));
}

/**
 * The attempt of a `state`; `undefined` if the cookie was made for another one. An expired attempt is only used for
 * "Try again".
 */
export function openAttempt(
  keyring: Keyring,
  sealed: string,
  { state, nowMs }: { state: string; nowMs: number },
): { readonly kind: 'under-way' | 'expired'; readonly attempt: Attempt } | undefined {
  const text = openFor(keyring, sealed, purpose(state));
  if (text === undefined) return undefined;
  // Only sealAttempt encrypts this value, so its format is known.
  const attempt: Attempt = JSON.parse(text);
  const isUnderWay = nowMs - attempt.startedAtMs <= attemptLifetimeSeconds * 1000;
  return { kind: isUnderWay ? 'under-way' : 'expired', attempt };
}

/** Encrypts where a sign-in continues, bound to its `state`, for its session. */
export function sealContinuation(keyring: Keyring, state: string, continuation: Continuation): string {
  return keyring.seal(JSON.stringify(continuation), continuationPurpose(state));
}

/** Where the sign-in of a `state` continued; `undefined` if another one started the session. */
export function openContinuation(keyring: Keyring, sealed: string, state: string): Continuation | undefined {
  const text = openFor(keyring, sealed, continuationPurpose(state));
  if (text === undefined) return undefined;
  const continuation: Continuation = JSON.parse(text);
  return continuation;
}

function openFor(keyring: Keyring, sealed: string, purposeOfSeal: string): string | undefined {
  try {
    return keyring.open(sealed, purposeOfSeal);
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}

function continuationPurpose(state: string): string {
  return `sign-in-continuation:${state}`;
}

function purpose(state: string): string {
  return `login-attempt:${state}`;
}
