import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { invitationDaysDefault } from '../contract/limits.ts';
import { requireAccessAlone } from '../access/access.ts';
import type { Tx } from '../storage/database.ts';
import { dayMs, type Invited, inviterOf, requireRoom } from './create-invitation.ts';
import type { InvitationsDeps, NamedInvitation } from './deps.ts';
import { invitationLink, newInvitationToken } from './invitation-link.ts';
import { withdrawMail } from './mail-queries.ts';
import { changeUnclosed, findInvitation, type InvitationRow, isMemberAddress } from './queries.ts';
import { mailColumns } from './queue-mail.ts';
import { foreseen } from './to-invitation.ts';

type Request = NamedInvitation & { readonly body: { readonly expiresInDays?: number } };

/**
 * Gives an invitation a new link and a new time, even if the old time was over. The old link ends. The caller becomes the
 * inviter, so they must be allowed to give what the invitation gives.
 *
 * @throws `organization_not_found`, `permission_denied`, `invitation_not_found`, `invitation_closed` when it was accepted
 * or withdrawn, and `invitation_of_member` or `limit_reached` as for a new one.
 */
export async function renewInvitation(deps: InvitationsDeps, request: Request): Promise<Invited> {
  const { actor, clientInfo, organizationId: named, invitationId, body } = request;
  const { expiresInDays = invitationDaysDefault } = body;
  return deps.database.transaction(async (tx) => {
    const access = { organizationId: named, subject: 'member' } as const;
    const organization = await requireAccessAlone(tx, actor, { ...access, action: 'create' });
    await requireAccessAlone(tx, actor, { ...access, action: 'edit' });
    await requireAccessAlone(tx, actor, { organizationId: named, subject: 'groups', action: 'edit' });
    const organizationId = organization.id;
    const row = await findInvitation(tx, organizationId, invitationId);
    if (row === undefined) throw appError('invitation_not_found');
    const nowMs = deps.clock.nowMs();
    await requireRenewable(tx, row, nowMs);
    const { token, tokenHash } = newInvitationToken(deps.random);
    const expires_at = nowMs + expiresInDays * dayMs;
    const link = invitationLink(deps.site, token);
    // The earlier message contains the link that ends now.
    await withdrawMail(tx, row.mail_id, nowMs);
    const renewed = { ...row, ...inviterOf(actor), expires_at };
    const mail = await deps.queueMail(tx, renewed, link);
    // The earlier message shows when the address got its last mail.
    const columns = mail.kind === 'queued' ? mailColumns(mail) : { ...mailColumns(mail), mail_id: row.mail_id };
    const terms = { token_hash: tokenHash, updated_at: nowMs, expires_at, ...columns };
    const change = { ...inviterOf(actor), ...terms } as const;
    if (!(await changeUnclosed(tx, row.id, change))) throw appError('invitation_closed');
    const metadata = { invitationId, email: row.email, expiresAt: new Date(expires_at).toISOString() };
    const event = { type: 'invitation-renew', metadata } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
    const after = (await findInvitation(tx, organizationId, row.id)) ?? { ...row, ...change };
    const refusalOf = await deps.foresee(tx, organization);
    return { invitation: await foreseen(after, { nowMs, refusalOf }), link };
  });
}

// The same rules as for a new invitation. Otherwise, an expired one could exceed the limit.
async function requireRenewable(tx: Tx, row: InvitationRow, nowMs: number): Promise<void> {
  if (row.status !== 'invited') throw appError('invitation_closed');
  const organizationId = asId<OrganizationId>(row.organization_id);
  if (await isMemberAddress(tx, organizationId, row.email_key)) throw appError('invitation_of_member');
  if (row.expires_at <= nowMs) await requireRoom(tx, organizationId, nowMs);
}
