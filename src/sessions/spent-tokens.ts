import { equalsInConstantTime } from '../kernel/digest.ts';

/**
 * A spent refresh token is answered with its successor again for so long. Tabs that open together, React's double effects
 * and repeated requests after a lost answer take a second or two; a restart of the server takes up to six.
 */
export const spentTokenGraceSeconds = 10;
/** Exchanges of one session that are remembered. More than these within the grace period is no honest client. */
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
 * What a refresh token of a live session is:
 * - `current`: nobody has exchanged it yet.
 * - `replaced`: it was exchanged within the grace period, and its successor is current.
 * - `superseded`: it was exchanged within the grace period, and its successor was exchanged too.
 * - `reused`: it was exchanged before that. Its owner or a thief holds a copy (RFC 9700, section 4.14.2).
 */
export type TokenUse =
  | { readonly kind: 'current' }
  | { readonly kind: 'replaced'; readonly by: SpentToken }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'reused' };

/** What is known of the tokens of a session. */
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
  // Only rememberSpentToken writes the column.
  const spent: readonly SpentToken[] = JSON.parse(stored);
  return spent;
}

// The clocks of two nodes differ a little, so an exchange may lie in the future by as much. One that lies further ahead
// means that the clock was set back: a spent token must not become good again for the time that was lost.
function isInGrace({ atMs }: SpentToken, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) <= spentTokenGraceSeconds * 1000;
}
