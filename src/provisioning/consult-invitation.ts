import type { OrganizationId } from '../contract/ids.ts';
import { isOpen } from '../invitations/inviter-standing.ts';
import { findByTokenHash, findUnclosed, type InvitationRow } from '../invitations/queries.ts';
import type { Tx } from '../storage/database.ts';
import type { InvitationFinding } from './rules.ts';

/** What is asked of the invitations at a sign-in. */
export interface InvitationQuestion {
  readonly organizationId: OrganizationId;
  /** Of the token in the link that was opened in this browser for this sign-in. */
  readonly tokenHash: string | undefined;
  readonly emailKey: string;
  /** Whether the address alone says enough: see `isAddressTrusted`. */
  readonly isTrusted: boolean;
  readonly nowMs: number;
}

export interface ConsultedInvitation {
  readonly finding: InvitationFinding;
  /** The one that fits. */
  readonly invitation?: InvitationRow;
}

/**
 * Looks for an invitation that counts for a sign-in.
 *
 * The identity provider belongs to the organization, and the organization may trust it with its own invitations. But
 * many providers let people change their address, so an address alone takes an invitation only where the organization
 * owns the domain. Otherwise the link is needed besides, which only the invited address and the admin know; and with the
 * link, the address is needed besides, so that a link that was forwarded lets nobody else in.
 */
export async function consultInvitation(tx: Tx, question: InvitationQuestion): Promise<ConsultedInvitation> {
  const { organizationId, tokenHash, emailKey, isTrusted, nowMs } = question;
  if (tokenHash === undefined) {
    const row = isTrusted ? await findUnclosed(tx, organizationId, emailKey) : undefined;
    if (row === undefined || !(await isOpen(tx, row, nowMs))) return { finding: 'none' };
    return { finding: 'fits', invitation: row };
  }
  const row = await findByTokenHash(tx, tokenHash);
  if (row?.organization_id !== organizationId) return { finding: 'over' };
  if (row.email_key !== emailKey) return { finding: 'other-address' };
  return (await isOpen(tx, row, nowMs)) ? { finding: 'fits', invitation: row } : { finding: 'over' };
}
