import type { Db } from '../storage/database.ts';
import { hashInvitationToken } from './invitation-link.ts';
import { isOpen } from './is-open.ts';
import { findByTokenHash, type InvitationRow } from './queries.ts';

/** The invitation of a link while it is valid. `undefined` for a wrong, used, revoked or expired link. */
export async function findOpenInvitation(db: Db, token: string, nowMs: number): Promise<InvitationRow | undefined> {
  const row = await findByTokenHash(db, hashInvitationToken(token));
  return row !== undefined && (await isOpen(db, row, nowMs)) ? row : undefined;
}
