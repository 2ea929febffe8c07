import type { Actor } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { membershipsListedMax } from '../contract/limits.ts';
import type { Membership, MembershipFilter } from '../contract/memberships.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database, Db, Tx } from '../storage/database.ts';
import { countMembers, listGroupRoles, listMembers, type Member } from './queries.ts';
import { toMembership } from './to-membership.ts';

/** The filter and the page. */
export interface PageOfMembers extends MembershipFilter {
  readonly organizationId: string;
  readonly offset?: number;
  readonly limit?: number;
}

/**
 * A page of an organization's members, with the total count.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function listMemberships(
  { database: { db } }: { database: Database },
  actor: Actor,
  { organizationId: named, offset = 0, limit = membershipsListedMax, ...filter }: PageOfMembers,
): Promise<{ users: Membership[]; totalCount: number }> {
  const question = { organizationId: named, subject: 'member', action: 'read' } as const;
  const organizationId = (await requireAccess({ db }, actor, question)).id;
  const wanted = { ...filter, organizationId };
  const members = await listMembers(db, wanted, { offset, limit });
  return { users: await withRoles(db, organizationId, members), totalCount: await countMembers(db, wanted) };
}

/** Members of one organization as the API shows them. */
export async function withRoles(
  db: Db | Tx,
  organizationId: OrganizationId,
  members: readonly Member[],
): Promise<Membership[]> {
  const groupRoles = await listGroupRoles(
    db,
    organizationId,
    members.map(({ userId }) => userId),
  );
  return members.map((member) => toMembership(member, groupRoles.get(member.userId) ?? []));
}
