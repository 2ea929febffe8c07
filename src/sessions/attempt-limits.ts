import {
  attemptPaceSeconds,
  attemptsFromEverywhereMax,
  attemptsFromNetworkMax,
  attemptsFromWiderNetworksMax,
  attemptWaitSecondsMax,
  attemptWindowSeconds,
} from '../contract/limits.ts';
import { networksOf } from '../http/client-networks.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Db, Tx } from '../storage/database.ts';
import { countAttempt, forgetAttempts, hasKnownNetwork, rememberNetworks, takePace } from './attempt-queries.ts';

/** A password attempt at an account, which may not exist. */
export interface AttemptAt {
  readonly kind: 'password' | 'break-glass';
  /** The name of the account, in canonical form. */
  readonly account: string;
  readonly ipAddress: string;
}

/** The decision about an attempt. */
export type AttemptVerdict =
  /** `waitMs` is 0 unless a limit slows the attempt down. */
  | { readonly kind: 'allowed'; readonly waitMs: number; readonly isFirstOverLimit: boolean }
  | { readonly kind: 'limited'; readonly isFirstOverLimit: boolean }
  /** Too many slowed attempts are waiting. */
  | { readonly kind: 'crowded'; readonly retryAfterSeconds: number; readonly isFirstOverLimit: boolean };

/**
 * Counts one attempt at an account and decides about it, by limits per network, per IPv6 /56 and /48, and in total. It
 * counts before the secret is compared, so that concurrent guesses are counted one after another, and it counts in the
 * same way for unknown accounts. Attempts beyond a limit do not extend the window. Attempts beyond the limit of one
 * network do not count for wider networks, so a guesser uses up only their own share.
 *
 * A network over its limit is rejected. Too many attempts in total are only slowed down, because strangers with many
 * networks could otherwise lock the owner out. A network from which the account signed in before is never rejected: its
 * own attempts beyond its limit are slowed down, and those of strangers do not affect it (NIST SP 800-63B-4, section
 * 3.2.2, lists both measures). Attempts with a break-glass code have no such exception, because their limit rejects no
 * valid code.
 */
export async function takeAttempt(tx: Tx, attempt: AttemptAt, nowMs: number): Promise<AttemptVerdict> {
  const keys = keysOf(attempt);
  const over = await findLimit(tx, keys, nowMs);
  if (over === undefined) return { kind: 'allowed', waitMs: 0, isFirstOverLimit: false };
  const { isFirstOverLimit } = over;
  if (attempt.kind === 'break-glass') return { kind: 'limited', isFirstOverLimit };
  const isKnown = await hasKnownNetwork(tx, keys.known);
  if (isKnown && over.limit !== 'network') return { kind: 'allowed', waitMs: 0, isFirstOverLimit };
  if (!isKnown && over.limit !== 'everywhere') return { kind: 'limited', isFirstOverLimit };
  const waitMs = await takePace(tx, {
    key: isKnown ? keys.paceOfNetwork : keys.paceOfStrangers,
    nowMs,
    paceMs: attemptPaceSeconds * 1000,
    waitMsMax: attemptWaitSecondsMax * 1000,
  });
  return waitMs === undefined
    ? { kind: 'crowded', retryAfterSeconds: attemptWaitSecondsMax, isFirstOverLimit }
    : { kind: 'allowed', waitMs, isFirstOverLimit };
}

/** Resets the attempts after a success and remembers the network. */
export async function resetPasswordAttempts(tx: Tx, attempt: AttemptAt, nowMs: number): Promise<void> {
  const { limits, known } = keysOf(attempt);
  await forgetAttempts(
    tx,
    limits.map(({ key }) => key),
  );
  if (attempt.kind === 'password') await rememberNetworks(tx, known, nowMs);
}

/** Whether the account has signed in from this network before. */
export async function isKnownNetwork(db: Db, attempt: AttemptAt): Promise<boolean> {
  return hasKnownNetwork(db, keysOf(attempt).known);
}

type Keys = ReturnType<typeof keysOf>;

// Counts from the narrowest network to the total, and stops at the first exceeded limit.
async function findLimit(
  tx: Tx,
  { limits }: Keys,
  nowMs: number,
): Promise<{ limit: 'network' | 'wider network' | 'everywhere'; isFirstOverLimit: boolean } | undefined> {
  for (const { key, limit, max } of limits) {
    const count = await countAttempt(tx, { key, nowMs, windowMs: attemptWindowSeconds * 1000 });
    if (count > max) return { limit, isFirstOverLimit: count === max + 1 };
  }
  return undefined;
}

function keysOf({ kind, account, ipAddress }: AttemptAt) {
  const { narrowest, wider } = networksOf(ipAddress);
  const keyOf = (...parts: readonly string[]) => sha256Hex(JSON.stringify([kind, account, ...parts]));
  const ofWider = wider.map((network, index) => {
    const max = attemptsFromWiderNetworksMax[index] ?? attemptsFromEverywhereMax;
    return { key: keyOf(network), limit: 'wider network', max } as const;
  });
  return {
    limits: [
      { key: keyOf(narrowest), limit: 'network', max: attemptsFromNetworkMax },
      ...ofWider,
      { key: keyOf(), limit: 'everywhere', max: attemptsFromEverywhereMax },
    ] as const,
    /** A home keeps its /56 even if its devices use other networks of it. */
    known: [narrowest, ...wider.slice(0, 1)].map((network) => keyOf('known', network)),
    paceOfNetwork: keyOf('pace', narrowest),
    paceOfStrangers: keyOf('pace'),
  };
}
