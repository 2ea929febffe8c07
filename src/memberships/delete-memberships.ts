import type { AuditedTx } from '../audit/audited-database.ts';
import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Membership } from '../contract/memberships.ts';
import { requireAccessAlone } from '../access/access.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { deleteMembershipRows, findMembershipRows, type MembershipRow } from './queries.ts';
import { describeEnded } from './describe-ended.ts';
import { withRoles } from './read-memberships.ts';
import { takeBackNamed } from './relink-queries.ts';

type Removal = Caller & { readonly membershipIds: readonly string[]; readonly endMachineAccess?: boolean | undefined };

interface Settling {
  readonly row: MembershipRow;
  readonly endMachineAccess: boolean;
}

/**
 * Removes members from an organization and its groups, with everything that their memberships have given (see
 * `endGrants`), and returns them. It removes all named members or none.
 *
 * @throws `organization_not_found`, `permission_denied`, `membership_not_found` if one of them is not a member, or
 * `last_admin`.
 */
export async function deleteMemberships(
  deps: MembershipsDeps,
  { actor, clientInfo, organizationId: named, membershipIds, endMachineAccess = false }: Removal,
): Promise<Membership[]> {
  const ids = [...new Set(membershipIds)];
  const question = { organizationId: named, subject: 'member', action: 'delete' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = asId<OrganizationId>((await requireAccessAlone(tx, actor, question)).id);
    const rows = await findMembershipRows(tx, organizationId, ids);
    if (rows.length < ids.length) throw appError('membership_not_found');
    const removed = await withRoles(tx, organizationId, rows);
    const userIds = rows.map((row) => row.user_id);
    await keepAnAdmin(tx, organizationId, async () => {
      await deleteMembershipRows(tx, organizationId, userIds);
    });
    // The linked identity stays for a member who returns by an invitation.
    await takeBackNamed(tx, { organizationId, userIds }, deps.clock.nowMs());
    for (const row of rows) await settle(deps, tx, { actor, clientInfo, row, endMachineAccess });
    return removed;
  });
}

async function settle(
  { audit, endGrants }: MembershipsDeps,
  tx: AuditedTx,
  { actor, clientInfo, row, endMachineAccess }: Omit<Caller, 'organizationId'> & Settling,
): Promise<void> {
  const organizationId = asId<OrganizationId>(row.organization_id);
  const userId = asId<UserId>(row.user_id);
  const machineAccess = endMachineAccess ? { endedSinceMs: 0 } : 'kept';
  const ended = await endGrants(tx, { userId, organizationId }, { reason: 'membership_removed', machineAccess });
  const member = { membershipId: row.id, userId, userEmail: row.email, role: row.role };
  const metadata = { ...member, ...describeEnded(ended) };
  await audit(tx, {
    organizationId,
    actor: auditActor(actor),
    event: { type: 'membership-delete', metadata },
    clientInfo,
  });
}
