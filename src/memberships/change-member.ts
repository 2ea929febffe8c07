import { keepAnAdmin } from '../access/keep-an-admin.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import type { EndedGrants } from '../audit/events.ts';
import type { Role } from '../contract/shapes.ts';
import { endGrants } from '../grants/end-grants.ts';
import type { MemberChangeDeps, MemberChanger } from './deps.ts';
import { describeEnded } from './describe-ended.ts';
import { type Member, updateMember } from './queries.ts';

interface Change {
  readonly member: Member;
  readonly role: Role;
  readonly by: MemberChanger;
}

/**
 * Makes a member inactive, and ends everything that the membership has given: see `endGrants`. An inactive member
 * cannot sign in.
 *
 * @throws `last_admin`
 */
export async function deactivateMember(
  deps: MemberChangeDeps,
  tx: AuditedTx,
  { endMachineAccess, ...change }: Change & { readonly endMachineAccess: boolean },
): Promise<Member> {
  const { organizationId, userId } = change.member;
  const machineAccess = endMachineAccess ? { endedSinceMs: 0 } : 'kept';
  const ending = { organizationId, userId, reason: 'membership_deactivated', machineAccess } as const;
  return writeChange(deps, tx, { ...change, isActive: false, end: async () => endGrants(deps, tx, ending) });
}

/**
 * Makes a member active, with a role of their own.
 *
 * @throws `last_admin`
 */
export async function activateMember(deps: MemberChangeDeps, tx: AuditedTx, change: Change): Promise<Member> {
  return writeChange(deps, tx, { ...change, isActive: true, end: async () => undefined });
}

interface WrittenChange extends Change {
  readonly isActive: boolean;
  readonly end: () => Promise<EndedGrants | undefined>;
}

async function writeChange(
  { audit, clock }: MemberChangeDeps,
  tx: AuditedTx,
  { member, role, isActive, by, end }: WrittenChange,
): Promise<Member> {
  const { id: membershipId, organizationId, userId, email: userEmail } = member;
  await keepAnAdmin(tx, organizationId, async () => {
    await updateMember(tx, membershipId, { role, isActive, nowMs: clock.nowMs() });
    const metadata = { membershipId, userId, userEmail, role, isActive, ...describeEnded(await end()) };
    await audit(tx, { organizationId, ...by, event: { type: 'membership-update', metadata } });
  });
  return { ...member, role, isActive };
}
