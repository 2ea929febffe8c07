import type { AttemptRoute } from '../contract/login-attempts.ts';
import { attemptLifetimeSeconds, attemptsPerBrowserMax } from '../contract/limits.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import type { Random } from '../kernel/random.ts';
import type { Keyring } from '../storage/keyring.ts';

/**
 * One sign-in on its way. It travels in a cookie of its own, sealed for the `state` that the authorization request
 * carries, so any node can finish it, two tabs do not disturb each other, and nobody can read or make one.
 */
export interface Attempt {
  readonly id: string;
  readonly organizationId: string;
  readonly configId: string;
  readonly revision: number;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly issuer: string;
  readonly returnTo?: string;
  readonly callbackPort?: number;
  /** Of the token in the link of an invitation that was opened in this browser. */
  readonly invitationHash?: string;
  readonly startedAtMs: number;
  /** How it was started, for its record. Absent in one that a node of an older version started. */
  readonly start?: { readonly by: AttemptRoute; readonly discovery: string; readonly durationMs: number };
}

const cookiePrefix = 'sallyport_attempt_';
const stateBytes = 32;
const timeDigits = 9;

/** A `state` (RFC 6749, section 10.12): when it was made, for tidying up, and 256 random bits. */
export function newState(nowMs: number, random: Random): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(36)
    .padStart(timeDigits, '0');
  return `${seconds}-${random.token(stateBytes)}`;
}

/** The name of the cookie that belongs to a `state`; the time stands first, so that names sort by age. */
export function attemptCookieName(state: string): string | undefined {
  const match = /^([0-9a-z]{9})-([\w-]{43})$/.exec(state);
  return match === null ? undefined : `${cookiePrefix}${match[1]}_${match[2]?.slice(0, 12)}`;
}

/** The cookies of attempts that must go, oldest first, so that one more fits. */
export function attemptCookiesToDrop(cookieNames: Iterable<string>): string[] {
  const held = [...cookieNames].filter((name) => name.includes(cookiePrefix)).toSorted();
  return held.slice(0, Math.max(0, held.length - attemptsPerBrowserMax + 1));
}

export function sealAttempt(keyring: Keyring, state: string, attempt: Attempt): string {
  return keyring.seal(JSON.stringify(attempt), purpose(state));
}

/** The attempt of a `state`; `undefined` when the cookie was not made for it or is too old. */
export function openAttempt(
  keyring: Keyring,
  sealed: string,
  { state, nowMs }: { state: string; nowMs: number },
): Attempt | undefined {
  try {
    // The seal vouches for the form: only sealAttempt makes it.
    const attempt: Attempt = JSON.parse(keyring.open(sealed, purpose(state)));
    return nowMs - attempt.startedAtMs <= attemptLifetimeSeconds * 1000 ? attempt : undefined;
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}

function purpose(state: string): string {
  return `login-attempt:${state}`;
}
