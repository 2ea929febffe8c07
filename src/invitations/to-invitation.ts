import type { Invitation, InvitationStatus } from '../contract/invitations.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import type { InvitationRow } from './queries.ts';
import { type Foresee, type ForeseenRefusal, warningsOf } from './warnings.ts';

/** An invitation as the API shows it, with the predicted refusal of its sign-in. */
export function toInvitation(row: InvitationRow, nowMs: number, refusal?: ForeseenRefusal): Invitation {
  const status = statusOf(row, nowMs);
  return {
    id: row.id,
    orgId: row.organization_id,
    email: row.email,
    role: row.role,
    groupIds: groupIdsOf(row),
    status,
    invitedBy: { type: row.inviter_kind, id: row.inviter_id, name: row.inviter_name },
    mailStatus: row.mail_limit === null ? (row.mail_status ?? 'none') : 'limited',
    warnings: status === 'invited' ? warningsOf(row, refusal) : [],
    acceptedUserId: row.accepted_user_id,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
  };
}

/** The same for a row that was just written, or read with others of its organization. */
export async function foreseen(
  row: InvitationRow,
  { nowMs, refusalOf }: { nowMs: number; refusalOf: Awaited<ReturnType<Foresee>> },
): Promise<Invitation> {
  const parsed = parseEmailAddress(row.email);
  return toInvitation(row, nowMs, parsed.ok ? await refusalOf(parsed.address) : undefined);
}

/** The groups that the user joins. */
export function groupIdsOf({ group_ids }: InvitationRow): string[] {
  // Only createInvitation writes this column, so its format is known.
  const ids: string[] = JSON.parse(group_ids);
  return ids;
}

function statusOf({ status, expires_at }: InvitationRow, nowMs: number): InvitationStatus {
  return status === 'invited' && expires_at <= nowMs ? 'expired' : status;
}
