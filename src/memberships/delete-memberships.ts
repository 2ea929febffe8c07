import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { Membership } from '../contract/memberships.ts';
import { requireAccessAlone } from '../access/access.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { findMembers } from './queries.ts';
import { withRoles } from './read-memberships.ts';
import { removeMembers } from './remove-members.ts';

type Removal = Caller & { readonly membershipIds: readonly string[]; readonly endMachineAccess?: boolean | undefined };

/**
 * Removes the named members from an organization and returns them. It removes all of them or none.
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
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const members = await findMembers(tx, organizationId, ids);
    if (members.length < ids.length) throw appError('membership_not_found');
    const removed = await withRoles(tx, organizationId, members);
    const by = { actor: auditActor(actor), clientInfo };
    await removeMembers(deps, tx, { organizationId, members, endMachineAccess, by });
    return removed;
  });
}
