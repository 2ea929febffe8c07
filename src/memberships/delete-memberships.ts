import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Membership } from '../contract/memberships.ts';
import { requireAccessAlone } from '../organizations/access.ts';
import { keepAnAdmin } from '../organizations/keep-an-admin.ts';
import type { Tx } from '../storage/database.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { deleteMembershipRows, findMembershipRows, type MembershipRow } from './queries.ts';
import { withRoles } from './read-memberships.ts';
import { takeBackNamed } from './relink-queries.ts';

/**
 * Removes members from an organization, with their places in its groups and their sessions of it; returns who they
 * were. It removes all that are named, or none.
 *
 * @throws `organization_not_found`, `permission_denied`, `membership_not_found` when one of them is no member, or
 * `last_admin`.
 */
export async function deleteMemberships(
  deps: MembershipsDeps,
  { actor, origin, organizationId: named, membershipIds }: Caller & { membershipIds: readonly string[] },
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
    // Who comes back by an invitation comes as who they were.
    await takeBackNamed(tx, { organizationId, userIds }, deps.clock.nowMs());
    for (const row of rows) await settle(deps, tx, { actor, origin, row });
    return removed;
  });
}

async function settle(
  { audit, endSessionsOf }: MembershipsDeps,
  tx: Tx,
  { actor, origin, row }: Pick<Caller, 'actor' | 'origin'> & { row: MembershipRow },
): Promise<void> {
  const organizationId = asId<OrganizationId>(row.organization_id);
  const userId = asId<UserId>(row.user_id);
  const endedSessions = await endSessionsOf(tx, { userId, organizationId });
  const metadata = { membershipId: row.id, userId, userEmail: row.email, role: row.role, endedSessions };
  await audit(tx, {
    organizationId,
    actor: auditActor(actor),
    event: { type: 'membership-delete', metadata },
    origin,
  });
}
