import type { Invitation, InvitationStatus } from '../contract/invitations.ts';
import type { InvitationRow } from './queries.ts';

/** An invitation as the API shows it. */
export function toInvitation(row: InvitationRow, nowMs: number): Invitation {
  return {
    id: row.id,
    orgId: row.organization_id,
    email: row.email,
    role: row.role,
    groupIds: groupIdsOf(row),
    status: statusOf(row, nowMs),
    invitedBy: { type: row.inviter_kind, id: row.inviter_id, name: row.inviter_name },
    mailStatus: row.mail_status ?? 'none',
    acceptedUserId: row.accepted_user_id,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
  };
}

/** The groups that whoever accepts is put into. */
export function groupIdsOf({ group_ids }: InvitationRow): string[] {
  // The column vouches for the form: only createInvitation writes it.
  const ids: string[] = JSON.parse(group_ids);
  return ids;
}

function statusOf({ status, expires_at }: InvitationRow, nowMs: number): InvitationStatus {
  return status === 'invited' && expires_at <= nowMs ? 'expired' : status;
}
