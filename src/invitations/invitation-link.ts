import { invitationPath } from '../contract/login.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';

const tokenBytes = 32;

/** The token of an invitation link, 256 random bits, and its stored hash. */
export function newInvitationToken(random: Random): { token: string; tokenHash: string } {
  const token = random.token(tokenBytes);
  return { token, tokenHash: hashInvitationToken(token) };
}

export function hashInvitationToken(token: string): string {
  return sha256Hex(`invitation:${token}`);
}

/** The link to send. Pages of this server send no referrer, so the token does not leak. */
export function invitationLink(site: string, token: string): string {
  return `${site}${invitationPath}?token=${token}`;
}
