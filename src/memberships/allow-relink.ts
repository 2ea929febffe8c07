import type { AuditedTx } from '../audit/audited-database.ts';
import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { relinkDaysDefault } from '../contract/limits.ts';
import type { AllowedRelink, AllowRelinkBody } from '../contract/relinking.ts';
import { requireAccessAlone } from '../access/access.ts';
import { granterOf } from '../access/granter-status.ts';
import { toBit } from '../storage/schema/codecs.ts';
import type { Tx } from '../storage/database.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { findMembers } from './queries.ts';
import {
  countIdentitiesOf,
  findLinkedMembers,
  type LinkedMember,
  type Permission,
  permitIdentities,
  permitIssuer,
} from './relink-queries.ts';

const dayMs = 86_400_000;

interface Permitting extends Caller {
  readonly organizationId: OrganizationId;
  readonly permission: Permission;
  readonly expiresAt: string;
  readonly keepMachineAccess: boolean;
}

/**
 * Allows members to link another identity of the organization's identity provider at their next sign-in, in place of
 * the current one. Nothing changes until then, and the permission expires after some days.
 *
 * The members are given by name, or by the issuer of their identities. By issuer, members who are admins at the sign-in
 * are excluded: an asserted address must not be enough to become an admin.
 *
 * Everything that was given with the replaced identity ends, unless the admin keeps the machine access, because the
 * server cannot tell whether the member or an attacker gave it.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `membership_not_found`,
 * `identity_not_linked`, `relink_needs_domain` or `issuer_not_linked`.
 */
export async function allowRelink(
  deps: MembershipsDeps,
  { body, ...caller }: Caller & { readonly body: AllowRelinkBody },
): Promise<AllowedRelink> {
  const { membershipIds, issuer, expiresInDays = relinkDaysDefault, keepMachineAccess = false } = body;
  if ((membershipIds === undefined) === (issuer === undefined)) throw eitherOf();
  const question = { organizationId: caller.organizationId, subject: 'member', action: 'edit' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, caller.actor, question)).id;
    const untilMs = deps.clock.nowMs() + expiresInDays * dayMs;
    const permission = { untilMs, keepsMachineAccess: toBit(keepMachineAccess), ...granterOf(caller.actor) };
    const expiresAt = new Date(untilMs).toISOString();
    const permitting = { ...caller, organizationId, permission, expiresAt, keepMachineAccess };
    return issuer === undefined
      ? allowMembers(deps, tx, { ...permitting, membershipIds: membershipIds ?? [] })
      : allowIssuer(deps, tx, { ...permitting, issuer });
  });
}

function eitherOf() {
  const issue = { path: 'membershipIds', code: 'required', message: 'or issuer must be given, and not both' };
  return appError('validation_failed', { meta: { issues: [issue] } });
}

async function allowMembers(
  deps: MembershipsDeps,
  tx: AuditedTx,
  {
    organizationId,
    actor,
    clientInfo,
    permission,
    expiresAt,
    keepMachineAccess,
    membershipIds,
  }: Permitting & { readonly membershipIds: readonly string[] },
): Promise<AllowedRelink> {
  const wanted = [...new Set(membershipIds)];
  if ((await findMembers(tx, organizationId, wanted)).length < wanted.length) {
    throw appError('membership_not_found');
  }
  const linked = await findLinkedMembers(tx, organizationId, wanted);
  if (linked.length < wanted.length) throw appError('identity_not_linked');
  const isOwned = ownershipOf(deps, tx, organizationId);
  for (const member of linked) if (!(await isOwned(member))) throw appError('relink_needs_domain');
  await permitIdentities(
    tx,
    linked.map((member) => member.identity_id),
    permission,
  );
  for (const { membership_id: membershipId, user_id: userId, email: userEmail, issuer } of linked) {
    const event = {
      type: 'relink-allow',
      metadata: { membershipId, userId, userEmail, issuer, expiresAt, keepMachineAccess },
    } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
  }
  return { identityCount: linked.length, expiresAt };
}

async function allowIssuer(
  { audit }: MembershipsDeps,
  tx: AuditedTx,
  {
    organizationId,
    actor,
    clientInfo,
    permission,
    expiresAt,
    keepMachineAccess,
    issuer,
  }: Permitting & { readonly issuer: string },
): Promise<AllowedRelink> {
  const identityCount = await countIdentitiesOf(tx, organizationId, issuer);
  if (identityCount === 0) throw appError('issuer_not_linked');
  await permitIssuer(tx, { organizationId, issuer }, permission);
  const event = {
    type: 'relink-allow-issuer',
    metadata: { issuer, identityCount, expiresAt, keepMachineAccess },
  } as const;
  await audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
  return { identityCount, expiresAt };
}

/** Whether the organization owns the domain of a member's address. Each domain is looked up once. */
function ownershipOf({ ownerOf }: MembershipsDeps, tx: Tx, organizationId: OrganizationId) {
  const known = new Map<string, boolean>();
  return async ({ email_key }: LinkedMember): Promise<boolean> => {
    const domain = email_key.slice(email_key.lastIndexOf('@') + 1);
    const isOwned = known.get(domain) ?? (await ownerOf(tx, domain)) === organizationId;
    known.set(domain, isOwned);
    return isOwned;
  };
}
