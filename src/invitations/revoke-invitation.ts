import type { AuditedTx } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Invitation } from '../contract/invitations.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireAccessAlone } from '../access/access.ts';
import type { InvitationsDeps, NamedInvitation } from './deps.ts';
import { withdrawMail } from './mail-queries.ts';
import { changeUnclosed, findInvitation, findUnclosedOfMember } from './queries.ts';
import { toInvitation } from './to-invitation.ts';

/**
 * Revokes an invitation. A concurrent sign-in with it is refused, unless it committed first.
 *
 * @throws `organization_not_found`, `permission_denied`, `invitation_not_found`, or `invitation_closed` if it was
 *   accepted or revoked.
 */
export async function revokeInvitation(deps: InvitationsDeps, request: NamedInvitation): Promise<Invitation> {
  const { actor, clientInfo, organizationId: named, invitationId } = request;
  return deps.database.transaction(async (tx) => {
    const question = { organizationId: named, subject: 'member', action: 'delete' } as const;
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const row = await findInvitation(tx, organizationId, invitationId);
    if (row === undefined) throw appError('invitation_not_found');
    const nowMs = deps.clock.nowMs();
    const change = { status: 'revoked', updated_at: nowMs } as const;
    if (!(await changeUnclosed(tx, row.id, change))) throw appError('invitation_closed');
    await withdrawMail(tx, row.mail_id, nowMs);
    const event = { type: 'invitation-revoke', metadata: { invitationId, email: row.email } } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
    const after = (await findInvitation(tx, organizationId, row.id)) ?? { ...row, ...change };
    return toInvitation(after, nowMs);
  });
}

/** Revokes the open invitation of a deactivated or removed member's address, so that it is not a backdoor. */
export async function revokeInvitationOf(
  { audit, clock }: { audit: AppendAudit; clock: Clock },
  tx: AuditedTx,
  member: { organizationId: OrganizationId; userId: UserId },
): Promise<void> {
  const row = await findUnclosedOfMember(tx, member);
  if (row === undefined) return;
  const nowMs = clock.nowMs();
  if (!(await changeUnclosed(tx, row.id, { status: 'revoked', updated_at: nowMs }))) return;
  await withdrawMail(tx, row.mail_id, nowMs);
  const event = { type: 'invitation-revoke', metadata: { invitationId: row.id, email: row.email } } as const;
  const clientInfo = { ipAddress: '', userAgent: '' };
  await audit(tx, {
    organizationId: member.organizationId,
    actor: { type: 'server', metadata: {} },
    event,
    clientInfo,
  });
}
