import { invitationPath } from '../contract/login.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';

const tokenBytes = 32;

/** What the link of an invitation holds, 256 random bits, and the hash that is stored of it. */
export function newInvitationToken(random: Random): { token: string; tokenHash: string } {
  const token = random.token(tokenBytes);
  return { token, tokenHash: hashInvitationToken(token) };
}

export function hashInvitationToken(token: string): string {
  return sha256Hex(`invitation:${token}`);
}

/** The link that is passed on. Pages of this server send no referrer, so the token goes nowhere from there. */
export function invitationLink(site: string, token: string): string {
  return `${site}${invitationPath}?token=${token}`;
}
