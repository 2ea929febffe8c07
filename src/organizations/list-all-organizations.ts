import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { Organization } from '../contract/organizations.ts';
import { pageOf } from '../contract/page.ts';
import type { Database } from '../storage/database.ts';
import {
  countAllOrganizations,
  listAllOrganizationRows,
  type OrganizationsWanted,
} from './all-organizations-queries.ts';
import { toOrganization } from './to-organization.ts';

/**
 * A page of all organizations of the server, by name.
 *
 * @throws `permission_denied` for all callers except instance admins.
 */
export async function listAllOrganizations(
  { database: { db } }: { database: Database },
  actor: Actor,
  query: OrganizationsWanted & { readonly offset?: number; readonly limit?: number },
): Promise<{ organizations: Organization[]; totalCount: number }> {
  if (!actor.isInstanceAdmin) throw appError('permission_denied');
  const rows = await listAllOrganizationRows(db, query, pageOf(query));
  return { organizations: rows.map(toOrganization), totalCount: await countAllOrganizations(db, query) };
}
