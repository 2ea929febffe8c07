import type { UserActor } from '../contract/actor.ts';
import { organizationsPerUserMax } from '../contract/limits.ts';
import { cutPage } from '../contract/page.ts';
import type { OrganizationOfMember } from '../contract/organizations.ts';
import type { Database } from '../storage/database.ts';
import { listGroupRolesOfUser, listOrganizationsOfUser } from './queries.ts';
import { toOrganizationOfMember } from './to-organization.ts';

/**
 * A page of the organizations in which a user is an active member. A session for one organization sees only that one,
 * because its identity provider must not learn about the others.
 */
export async function listOrganizations(
  { database }: { database: Database },
  { userId, organizationId }: UserActor,
  page: { offset?: number; limit?: number },
): Promise<{ organizations: OrganizationOfMember[]; totalCount: number }> {
  const all = await listOrganizationsOfUser(database.db, { userId, organizationId, limit: organizationsPerUserMax });
  const { rows, totalCount } = cutPage(all, page);
  const held = rows.length === 0 ? [] : await listGroupRolesOfUser(database.db, userId);
  const organizations = rows.map((row) => {
    const inThisOne = held.filter((group) => group.organization_id === row.organization.id);
    return toOrganizationOfMember(
      row,
      inThisOne.map((group) => group.role),
    );
  });
  return { organizations, totalCount };
}
