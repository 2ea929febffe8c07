import type { AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import { findGroup, isManagedByProvider } from '../groups/queries.ts';
import { setGroupMembers } from '../groups/set-group-members.ts';
import type { Clock } from '../kernel/clock.ts';
import { withdrawMail } from './mail-queries.ts';
import { closeAccepted, type InvitationRow } from './queries.ts';
import { groupIdsOf } from './to-invitation.ts';

/** The user who accepts an invitation, and the identity provider. */
export interface Acceptance {
  readonly invitation: InvitationRow;
  readonly userId: UserId;
  readonly userEmail: string;
  readonly issuer: string;
  /** `false` for an existing member: the invitation is closed without effect. */
  readonly joins: boolean;
  readonly clientInfo: ClientInfo;
}

/**
 * Closes an invitation for one user and adds them to its existing groups, unless the identity provider manages them.
 * False if the invitation has ended; then nothing is written.
 */
export async function acceptInvitation(
  deps: { audit: AppendAudit; clock: Clock },
  tx: AuditedTx,
  { invitation, userId, userEmail, issuer, joins, clientInfo }: Acceptance,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  if (!(await closeAccepted(tx, invitation, { userId, nowMs }))) return false;
  await withdrawMail(tx, invitation.mail_id, nowMs);
  const organizationId = asId<OrganizationId>(invitation.organization_id);
  const by = { actor: { type: 'identity-provider', metadata: { issuer } }, clientInfo } as const;
  const metadata = { invitationId: invitation.id, userId, userEmail, role: invitation.role, joined: joins };
  await deps.audit(tx, { organizationId, ...by, event: { type: 'invitation-accept', metadata } });
  if (!joins || (await isManagedByProvider(tx, organizationId))) return true;
  for (const groupId of groupIdsOf(invitation)) {
    const group = await findGroup(tx, groupId);
    if (group?.organizationId !== organizationId) continue;
    await setGroupMembers(deps, tx, { organizationId, group, add: [{ userId, email: userEmail }], by });
  }
  return true;
}
