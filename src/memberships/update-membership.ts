import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { Membership, UpdateMembershipBody } from '../contract/memberships.ts';
import { requireAccessAlone } from '../access/access.ts';
import { activateMember, deactivateMember } from './change-member.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { findMembers } from './queries.ts';
import { withRoles } from './read-memberships.ts';

type Change = Caller & { readonly membershipId: string; readonly body: UpdateMembershipBody };

/**
 * Changes a member's own role, or deactivates and reactivates them.
 *
 * @throws `organization_not_found`, `permission_denied`, `membership_not_found` or `last_admin`.
 */
export async function updateMembership(deps: MembershipsDeps, change: Change): Promise<Membership> {
  const { actor, clientInfo, organizationId: named, membershipId, body } = change;
  const question = { organizationId: named, subject: 'member', action: 'edit' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const [member] = await findMembers(tx, organizationId, [membershipId]);
    if (member === undefined) throw appError('membership_not_found');
    const { role = member.role, isActive = member.isActive, endMachineAccess = false } = body;
    const by = { actor: auditActor(actor), clientInfo };
    const isSame = role === member.role && isActive === member.isActive;
    const changed = isSame
      ? member
      : isActive
        ? await activateMember(deps, tx, { member, role, by })
        : await deactivateMember(deps, tx, { member, role, by, endMachineAccess });
    const [membership] = await withRoles(tx, organizationId, [changed]);
    if (membership === undefined) throw appError('membership_not_found');
    return membership;
  });
}
