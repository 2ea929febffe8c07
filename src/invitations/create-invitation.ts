import { auditActor } from '../audit/append.ts';
import type { Actor } from '../contract/actor.ts';
import { type EmailAddress, parseEmailAddress } from '../contract/email-address.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { CreateInvitationBody, Invitation } from '../contract/invitations.ts';
import { invitationDaysDefault, invitationsOpenPerOrganizationMax } from '../contract/limits.ts';
import { findGroup, isManagedByProvider } from '../groups/queries.ts';
import { requireAccessAlone } from '../access/access.ts';
import { granterOf } from '../access/granter-status.ts';
import type { StoredOrganization } from '../access/queries.ts';
import type { Tx } from '../storage/database.ts';
import type { Caller, InvitationsDeps } from './deps.ts';
import { invitationLink, newInvitationToken } from './invitation-link.ts';
import {
  changeUnclosed,
  countInvitations,
  findUnclosed,
  type InvitationRow,
  insertInvitation,
  isMemberAddress,
} from './queries.ts';
import { mailColumns } from './queue-mail.ts';
import { foreseen } from './to-invitation.ts';

/** An invitation with its link, which is shown only once. */
export interface Invited {
  readonly invitation: Invitation;
  readonly link: string;
}

export const dayMs = 86_400_000;

type Request = Caller & { readonly body: CreateInvitationBody };

/**
 * Invites an address. Setting a role requires the permission to change members' roles, and setting groups the
 * permission to change their members, so that an invitation gives nothing that the caller could not give directly.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `group_not_found`,
 *   `group_managed_by_idp`, `invitation_of_member`, `invitation_exists` or `limit_reached`.
 */
export async function createInvitation(deps: InvitationsDeps, request: Request): Promise<Invited> {
  const { actor, clientInfo, organizationId: named, body } = request;
  const address = requireAddress(body.email);
  return deps.database.transaction(async (tx) => {
    const organization = await requireAccessAlone(tx, actor, { organizationId: named, ...question });
    const organizationId = organization.id;
    const groupIds = [...new Set(body.groupIds)];
    await requireGivable(tx, request, groupIds);
    const nowMs = deps.clock.nowMs();
    await requireFree(tx, { organizationId, emailKey: address.key, nowMs });
    const { token, tokenHash } = newInvitationToken(deps.random);
    const terms = { address, groupIds, tokenHash, nowMs };
    const link = invitationLink(deps.site, token);
    const made = newRow(deps, { actor, organization, body, terms });
    const mail = await deps.queueMail(tx, made, link);
    const row = { ...made, ...mailColumns(mail) };
    await insertInvitation(tx, row);
    const { id: invitationId, email, role } = row;
    const metadata = { invitationId, email, role, groupIds, expiresAt: new Date(row.expires_at).toISOString() };
    const event = { type: 'invitation-create', metadata } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
    const invitation: InvitationRow = { ...row, mail_status: mail.kind === 'queued' ? 'queued' : null };
    const refusalOf = await deps.foresee(tx, organization);
    return { invitation: await foreseen(invitation, { nowMs, refusalOf }), link };
  });
}

const question = { subject: 'member', action: 'create' } as const;

function requireAddress(text: string): EmailAddress {
  const parsed = parseEmailAddress(text);
  if (parsed.ok) return parsed.address;
  const issue = { path: 'email', code: 'email', message: 'must be an e-mail address' };
  throw appError('validation_failed', { meta: { issues: [issue] } });
}

async function requireGivable(
  tx: Tx,
  { actor, organizationId: named, body }: Request,
  groupIds: readonly string[],
): Promise<void> {
  if (body.role !== undefined) {
    await requireAccessAlone(tx, actor, { organizationId: named, subject: 'member', action: 'edit' });
  }
  if (groupIds.length === 0) return;
  const { id } = await requireAccessAlone(tx, actor, { organizationId: named, subject: 'groups', action: 'edit' });
  if (await isManagedByProvider(tx, asId<OrganizationId>(id))) throw appError('group_managed_by_idp');
  for (const groupId of groupIds) {
    if ((await findGroup(tx, groupId))?.organizationId !== id) throw appError('group_not_found');
  }
}

async function requireFree(
  tx: Tx,
  { organizationId, emailKey, nowMs }: { organizationId: OrganizationId; emailKey: string; nowMs: number },
): Promise<void> {
  if (await isMemberAddress(tx, organizationId, emailKey)) throw appError('invitation_of_member');
  const standing = await findUnclosed(tx, organizationId, emailKey);
  if (standing !== undefined && standing.expires_at > nowMs) throw appError('invitation_exists');
  if (standing !== undefined) await changeUnclosed(tx, standing.id, { status: 'expired', updated_at: nowMs });
  await requireRoom(tx, organizationId, nowMs);
}

/**
 * Rejects an open invitation beyond the organization's limit.
 *
 * @throws `limit_reached`
 */
export async function requireRoom(tx: Tx, organizationId: OrganizationId, nowMs: number): Promise<void> {
  const open = await countInvitations(tx, { organizationId, status: 'invited', nowMs });
  if (open >= invitationsOpenPerOrganizationMax) throw appError('limit_reached');
}

interface Terms {
  readonly address: EmailAddress;
  readonly groupIds: readonly string[];
  readonly tokenHash: string;
  readonly nowMs: number;
}

function newRow(
  { random }: InvitationsDeps,
  {
    actor,
    organization,
    body: { role = organization.defaultMembershipRole, expiresInDays = invitationDaysDefault },
    terms: { address, groupIds, tokenHash, nowMs },
  }: { actor: Actor; organization: StoredOrganization; body: CreateInvitationBody; terms: Terms },
) {
  return {
    id: random.uuid(),
    organization_id: organization.id,
    email: address.text,
    email_key: address.key,
    role,
    group_ids: JSON.stringify(groupIds),
    status: 'invited',
    token_hash: tokenHash,
    ...inviterOf(actor),
    mail_id: null,
    accepted_user_id: null,
    created_at: nowMs,
    updated_at: nowMs,
    expires_at: nowMs + expiresInDays * dayMs,
  } as const;
}

/** The sender of an invitation, as columns. */
export function inviterOf(actor: Actor) {
  const { kind, id, proof } = granterOf(actor);
  const inviter_name = actor.kind === 'user' ? actor.email : actor.name;
  return { inviter_kind: kind, inviter_id: id, inviter_name, inviter_proof: proof } as const;
}
