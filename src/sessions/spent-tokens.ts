import { equalsInConstantTime } from '../kernel/digest.ts';

/**
 * How long a spent refresh token yields its successor again. Tabs that open together, React's double effects and
 * retries after a lost response need a second or two; a restart of the server up to six.
 */
export const spentTokenGraceSeconds = 10;
/** The number of exchanges of one session that are remembered. No honest client makes more within the grace period. */
export const spentTokensMax = 16;

/** A refresh token that was exchanged for its successor. */
export interface SpentToken {
  /** SHA-256 of the token's own secret. */
  readonly hash: string;
  readonly atMs: number;
  /** The data key that the successor was derived with. */
  readonly keyId: string;
}

/**
 * The state of a refresh token of a live session:
 * - `current`: it has not been exchanged yet.
 * - `replaced`: it was exchanged within the grace period, and its successor is current.
 * - `superseded`: it was exchanged within the grace period, and its successor was exchanged too.
 * - `reused`: it was exchanged before that. The owner or a thief has a copy (RFC 9700, section 4.14.2).
 */
export type TokenUse =
  | { readonly kind: 'current' }
  | { readonly kind: 'replaced'; readonly by: SpentToken }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'reused' };

/** What is known about the tokens of a session. */
interface SessionTokens {
  readonly refresh_hash: string;
  readonly spent_refresh_tokens: string;
}

/** Compares a presented token, by its hash, with those of its session. */
export function useOfToken(session: SessionTokens, refreshHash: string, nowMs: number): TokenUse {
  if (equalsInConstantTime(session.refresh_hash, refreshHash)) return { kind: 'current' };
  const spent = spentTokensOf(session);
  const found = spent.findLast(({ hash }) => hash === refreshHash);
  if (found === undefined || !isInGrace(found, nowMs)) return { kind: 'reused' };
  return found === spent.at(-1) ? { kind: 'replaced', by: found } : { kind: 'superseded' };
}

/** The column `spent_refresh_tokens` after one more exchange. */
export function rememberSpentToken(session: SessionTokens, spent: SpentToken): string {
  const recent = spentTokensOf(session).filter((each) => isInGrace(each, spent.atMs));
  return JSON.stringify([...recent, spent].slice(-spentTokensMax));
}

function spentTokensOf({ spent_refresh_tokens: stored }: SessionTokens): readonly SpentToken[] {
  // Only rememberSpentToken writes this column.
  const spent: readonly SpentToken[] = JSON.parse(stored);
  return spent;
}

// The clocks of two nodes differ slightly, so an exchange may be in the future by as much. One further in the future
// means that the clock was set back: a spent token must not become valid again.
function isInGrace({ atMs }: SpentToken, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) <= spentTokenGraceSeconds * 1000;
}
