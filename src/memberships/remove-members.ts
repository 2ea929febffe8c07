import { keepAnAdmin } from '../access/keep-an-admin.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { endGrants } from '../grants/end-grants.ts';
import type { MemberChangeDeps, MemberChanger } from './deps.ts';
import { describeEnded } from './describe-ended.ts';
import { deleteMemberships, type Member } from './queries.ts';
import { takeBackNamed } from './relink-queries.ts';

interface Removal {
  readonly organizationId: OrganizationId;
  readonly members: readonly Member[];
  readonly endMachineAccess: boolean;
  readonly by: MemberChanger;
}

/**
 * Removes members of one organization, and ends everything that their memberships have given: see `endGrants`. Each
 * linked identity stays, for a member who returns by an invitation.
 *
 * @throws `last_admin`
 */
export async function removeMembers(
  deps: MemberChangeDeps,
  tx: AuditedTx,
  { organizationId, members, endMachineAccess, by }: Removal,
): Promise<void> {
  const userIds = members.map(({ userId }) => userId);
  await keepAnAdmin(tx, organizationId, async () => deleteMemberships(tx, organizationId, userIds));
  await takeBackNamed(tx, { organizationId, userIds }, deps.clock.nowMs());
  const machineAccess = endMachineAccess ? { endedSinceMs: 0 } : 'kept';
  for (const member of members) {
    const { id: membershipId, userId, role, email: userEmail } = member;
    const ending = { organizationId, userId, reason: 'membership_removed', machineAccess } as const;
    const ended = await endGrants(deps, tx, ending);
    const metadata = { membershipId, userId, userEmail, role, ...describeEnded(ended) };
    await deps.audit(tx, { organizationId, ...by, event: { type: 'membership-delete', metadata } });
  }
}
