import type { OrganizationId } from '../contract/ids.ts';
import { isOpen } from '../invitations/is-open.ts';
import { findByTokenHash, findUnclosed, type InvitationRow } from '../invitations/queries.ts';
import type { Tx } from '../storage/database.ts';
import type { InvitationFinding } from './rules.ts';

/** What a sign-in needs to know about invitations. */
export interface InvitationQuestion {
  readonly organizationId: OrganizationId;
  /** The hash of the token in the link that was opened in this browser for this sign-in. */
  readonly tokenHash: string | undefined;
  readonly emailKey: string;
  /** Whether the address alone is enough: see `isAddressTrusted`. */
  readonly isTrusted: boolean;
  readonly nowMs: number;
}

export interface ConsultedInvitation {
  readonly finding: InvitationFinding;
  /** The matching invitation. */
  readonly invitation?: InvitationRow;
}

/**
 * Finds the invitation that a sign-in accepts.
 *
 * The identity provider belongs to the organization, which can trust it with its own invitations. But many providers
 * let users change their address, so the address alone is enough only if the organization owns the domain. Otherwise
 * the link is required too, which only the invited address and the admin know. The address is always required, so that
 * a forwarded link is useless to others.
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
