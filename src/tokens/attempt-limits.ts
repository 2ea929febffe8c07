import { attemptsFromEverywhereMax, attemptsFromNetworkMax, attemptWindowSeconds } from '../contract/limits.ts';
import { networksOf } from '../http/client-networks.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Tx } from '../storage/database.ts';
import { countAttempt, forgetAttempts } from './attempt-queries.ts';

/** An attempt to get in to an account, whether there is such an account or not. */
export interface AttemptAt {
  readonly kind: 'password' | 'break-glass';
  /** What the account was called, in one spelling. */
  readonly account: string;
  readonly ipAddress: string;
}

/**
 * Takes one attempt of those that an account has in a window: a few from one network, more from everywhere, so that
 * who guesses from one place does not shut the owner out of theirs. It is taken before the secret is looked at, so that
 * guesses sent at once are counted one after another, and it is counted alike for accounts that do not exist. What is
 * refused does not prolong the window, and from a network that has used its own up it does not count for the others.
 */
export async function takeAttempt(
  tx: Tx,
  attempt: AttemptAt,
  nowMs: number,
): Promise<'allowed' | 'limited-first' | 'limited'> {
  const { fromNetwork, fromEverywhere } = keysOf(attempt);
  const window = { nowMs, windowMs: attemptWindowSeconds * 1000 };
  const here = await countAttempt(tx, { key: fromNetwork, ...window });
  if (here > attemptsFromNetworkMax) return here === attemptsFromNetworkMax + 1 ? 'limited-first' : 'limited';
  const everywhere = await countAttempt(tx, { key: fromEverywhere, ...window });
  if (everywhere <= attemptsFromEverywhereMax) return 'allowed';
  return everywhere === attemptsFromEverywhereMax + 1 ? 'limited-first' : 'limited';
}

/** Whoever got in was no guesser. */
export async function forgiveAttempts(tx: Tx, attempt: AttemptAt): Promise<void> {
  const { fromNetwork, fromEverywhere } = keysOf(attempt);
  await forgetAttempts(tx, [fromNetwork, fromEverywhere]);
}

function keysOf({ kind, account, ipAddress }: AttemptAt) {
  return {
    fromNetwork: sha256Hex(JSON.stringify([kind, account, networksOf(ipAddress).narrowest])),
    fromEverywhere: sha256Hex(JSON.stringify([kind, account])),
  };
}
