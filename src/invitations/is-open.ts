import { mayStill } from '../access/granter-status.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { InvitationRow } from './queries.ts';

/** Whether an invitation is valid at a time: open, not expired, and its sender may still invite. */
export async function isOpen(db: Db | Tx, invitation: InvitationRow, nowMs: number): Promise<boolean> {
  if (invitation.status !== 'invited' || invitation.expires_at <= nowMs) return false;
  const { organization_id: organizationId, inviter_kind: kind, inviter_id: id, inviter_proof: proof } = invitation;
  return mayStill(db, 'create', { organizationId, kind, id, proof });
}
