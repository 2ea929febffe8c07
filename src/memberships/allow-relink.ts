import { auditActor } from '../audit/append.ts';
import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { relinkDaysDefault } from '../contract/limits.ts';
import type { AllowedRelink, AllowRelinkBody } from '../contract/relinking.ts';
import { requireAccessAlone } from '../organizations/access.ts';
import type { Tx } from '../storage/database.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { findMembershipRows } from './queries.ts';
import {
  findLinkedMembers,
  type LinkedMember,
  listAdminIds,
  listMembersOfIssuer,
  permitRelink,
  type RelinkColumns,
} from './relink-queries.ts';

const dayMs = 86_400_000;
/** Members that are looked at at once. */
const batchSize = 500;

interface Permitting extends Caller {
  readonly organizationId: OrganizationId;
  readonly permission: RelinkColumns;
  readonly expiresAt: string;
}

/**
 * Lets members come with another identity of the organization's identity provider at their next sign-in, in place of
 * the one that they have. Nothing changes until they do, and it ends after some days.
 *
 * Which of them is told by name, or by the issuer of the identities that are let go of; then admins are left out, for
 * whom an asserted address must not be enough while many others are waited for.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `membership_not_found`,
 * `identity_not_linked`, `relink_needs_domain` or `issuer_not_linked`.
 */
export async function allowRelink(
  deps: MembershipsDeps,
  { body, ...caller }: Caller & { readonly body: AllowRelinkBody },
): Promise<AllowedRelink> {
  const { membershipIds, issuer, expiresInDays = relinkDaysDefault } = body;
  if ((membershipIds === undefined) === (issuer === undefined)) throw eitherOf();
  const question = { organizationId: caller.organizationId, subject: 'member', action: 'edit' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = asId<OrganizationId>((await requireAccessAlone(tx, caller.actor, question)).id);
    const untilMs = deps.clock.nowMs() + expiresInDays * dayMs;
    const permission: RelinkColumns = {
      relink_until_at: untilMs,
      relink_scope: issuer === undefined ? 'any' : 'other-issuer',
      ...granterOf(caller.actor),
    };
    const permitting = { ...caller, organizationId, permission, expiresAt: new Date(untilMs).toISOString() };
    return issuer === undefined
      ? allowMembers(deps, tx, { ...permitting, membershipIds: membershipIds ?? [] })
      : allowIssuer(deps, tx, { ...permitting, issuer });
  });
}

function eitherOf() {
  const issue = { path: 'membershipIds', code: 'required', message: 'or issuer must be given, and not both' };
  return appError('validation_failed', { meta: { issues: [issue] } });
}

function granterOf(actor: Actor) {
  return actor.kind === 'user'
    ? ({ relink_granter_kind: 'user', relink_granter_id: actor.userId } as const)
    : ({ relink_granter_kind: 'identity', relink_granter_id: actor.identityId } as const);
}

async function allowMembers(
  deps: MembershipsDeps,
  tx: Tx,
  {
    organizationId,
    actor,
    origin,
    permission,
    expiresAt,
    membershipIds,
  }: Permitting & { readonly membershipIds: readonly string[] },
): Promise<AllowedRelink> {
  const wanted = [...new Set(membershipIds)];
  if ((await findMembershipRows(tx, organizationId, wanted)).length < wanted.length) {
    throw appError('membership_not_found');
  }
  const linked = await findLinkedMembers(tx, organizationId, wanted);
  if (linked.length < wanted.length) throw appError('identity_not_linked');
  const isOwned = ownershipOf(deps, tx, organizationId);
  for (const member of linked) if (!(await isOwned(member))) throw appError('relink_needs_domain');
  await permitRelink(
    tx,
    linked.map((member) => member.identity_id),
    permission,
  );
  for (const { membership_id: membershipId, user_id: userId, email: userEmail, issuer } of linked) {
    const event = { type: 'relink-allow', metadata: { membershipId, userId, userEmail, issuer, expiresAt } } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, origin });
  }
  return { allowedCount: linked.length, skippedCount: { admins: 0, otherDomains: 0 }, expiresAt };
}

async function allowIssuer(
  deps: MembershipsDeps,
  tx: Tx,
  { organizationId, actor, origin, permission, expiresAt, issuer }: Permitting & { readonly issuer: string },
): Promise<AllowedRelink> {
  const admins = await listAdminIds(tx, organizationId);
  const isOwned = ownershipOf(deps, tx, organizationId);
  const counts = { members: 0, skippedAdmins: 0, skippedOtherDomains: 0 };
  let batch: readonly LinkedMember[] = [];
  do {
    const after = batch.at(-1)?.identity_id ?? '';
    batch = await listMembersOfIssuer(tx, { organizationId, issuer, after, limit: batchSize });
    const allowed: string[] = [];
    for (const member of batch) {
      if (admins.has(member.user_id)) counts.skippedAdmins += 1;
      else if (await isOwned(member)) allowed.push(member.identity_id);
      else counts.skippedOtherDomains += 1;
    }
    counts.members += allowed.length;
    await permitRelink(tx, allowed, permission);
  } while (batch.length === batchSize);
  const { members, skippedAdmins: skipped, skippedOtherDomains: otherDomains } = counts;
  if (members + skipped + otherDomains === 0) throw appError('issuer_not_linked');
  const event = { type: 'relink-allow-issuer', metadata: { issuer, ...counts, expiresAt } } as const;
  await deps.audit(tx, { organizationId, actor: auditActor(actor), event, origin });
  return { allowedCount: members, skippedCount: { admins: skipped, otherDomains }, expiresAt };
}

/** Whether the organization owns the domain of a member's address; each domain is looked up once. */
function ownershipOf({ ownerOf }: MembershipsDeps, tx: Tx, organizationId: OrganizationId) {
  const known = new Map<string, boolean>();
  return async ({ email_key }: LinkedMember): Promise<boolean> => {
    const domain = email_key.slice(email_key.lastIndexOf('@') + 1);
    const isOwned = known.get(domain) ?? (await ownerOf(tx, domain)) === organizationId;
    known.set(domain, isOwned);
    return isOwned;
  };
}
