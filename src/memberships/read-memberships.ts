import type { Actor } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { membershipsListedMax } from '../contract/limits.ts';
import type { Membership, MembershipFilter } from '../contract/memberships.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database, Db, Tx } from '../storage/database.ts';
import { countMembershipRows, listGroupRoles, listMembershipRows, type MembershipRow } from './queries.ts';
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
  const organizationId = asId<OrganizationId>((await requireAccess({ db }, actor, question)).id);
  const wanted = { ...filter, organizationId };
  const rows = await listMembershipRows(db, wanted, { offset, limit });
  return { users: await withRoles(db, organizationId, rows), totalCount: await countMembershipRows(db, wanted) };
}

/** Members of one organization as the API shows them. */
export async function withRoles(
  db: Db | Tx,
  organizationId: OrganizationId,
  rows: readonly MembershipRow[],
): Promise<Membership[]> {
  const held = await listGroupRoles(
    db,
    organizationId,
    rows.map((row) => row.user_id),
  );
  const byUser = Map.groupBy(held, (row) => row.user_id);
  return rows.map((row) =>
    toMembership(
      row,
      (byUser.get(row.user_id) ?? []).map(({ role }) => role),
    ),
  );
}
