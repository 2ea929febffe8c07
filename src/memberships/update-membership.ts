import type { AuditedTx } from '../audit/audited-database.ts';
import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Membership, UpdateMembershipBody } from '../contract/memberships.ts';
import { requireAccessAlone } from '../access/access.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import { fromBit, toBit } from '../storage/schema/codecs.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { findMembershipRows, type MembershipRow, updateMembershipRow } from './queries.ts';
import { describeEnded } from './describe-ended.ts';
import { withRoles } from './read-memberships.ts';

type Change = Caller & { readonly membershipId: string; readonly body: UpdateMembershipBody };

/**
 * Changes a member's own role, or deactivates and reactivates them. A deactivated member cannot sign in, and what their
 * membership has given ends: see `endGrants`.
 *
 * @throws `organization_not_found`, `permission_denied`, `membership_not_found` or `last_admin`.
 */
export async function updateMembership(deps: MembershipsDeps, change: Change): Promise<Membership> {
  const { actor, organizationId: named, membershipId, body } = change;
  const question = { organizationId: named, subject: 'member', action: 'edit' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = asId<OrganizationId>((await requireAccessAlone(tx, actor, question)).id);
    const [standing] = await findMembershipRows(tx, organizationId, [membershipId]);
    if (standing === undefined) throw appError('membership_not_found');
    const { role = standing.role, isActive = fromBit(standing.is_active) } = body;
    const wanted = { ...standing, role, is_active: toBit(isActive) };
    if (role !== standing.role || wanted.is_active !== standing.is_active) {
      await keepAnAdmin(tx, organizationId, async () => writeChange(deps, tx, { change, wanted }));
    }
    const [membership] = await withRoles(tx, organizationId, [wanted]);
    if (membership === undefined) throw appError('membership_not_found');
    return membership;
  });
}

async function writeChange(
  { audit, clock, endGrants }: MembershipsDeps,
  tx: AuditedTx,
  { change: { actor, clientInfo, body }, wanted }: { change: Change; wanted: MembershipRow },
): Promise<void> {
  const { id, role, is_active } = wanted;
  const organizationId = asId<OrganizationId>(wanted.organization_id);
  const userId = asId<UserId>(wanted.user_id);
  await updateMembershipRow(tx, id, { role, is_active, updated_at: clock.nowMs() });
  const isActive = fromBit(is_active);
  const machineAccess = body.endMachineAccess === true ? { endedSinceMs: 0 } : 'kept';
  const ending = { reason: 'membership_deactivated', machineAccess } as const;
  const ended = isActive ? undefined : await endGrants(tx, { userId, organizationId }, ending);
  const member = { membershipId: id, userId, userEmail: wanted.email, role, isActive };
  const metadata = { ...member, ...describeEnded(ended) };
  await audit(tx, {
    organizationId,
    actor: auditActor(actor),
    event: { type: 'membership-update', metadata },
    clientInfo,
  });
}
