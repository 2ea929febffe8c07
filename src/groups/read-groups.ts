import type { Actor } from '../contract/actor.ts';
import type { Group, GroupUser } from '../contract/groups.ts';
import { groupsPerOrganizationMax } from '../contract/limits.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import { countGroups, countMembers, listStoredGroups, listMembers } from './queries.ts';
import { type NamedGroup, requireGroup } from './require-group.ts';
import { toGroup, toGroupUser } from './to-group.ts';

interface ReadDeps {
  readonly database: Database;
}

const pageSizeDefault = 10;

/**
 * A page of an organization's groups by name. The token's organization by default.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function listGroups(
  { database }: ReadDeps,
  actor: Actor,
  { organizationId, offset = 0, limit = groupsPerOrganizationMax, ...wanted }: PageOfGroups,
): Promise<{ rows: Group[]; totalCount: number }> {
  const question = { organizationId, subject: 'groups', action: 'read' } as const;
  const organization = await requireAccess(database, actor, question);
  const filter = { ...wanted, organizationId: organization.id };
  const rows = await listStoredGroups(database.db, filter, { offset, limit });
  return { rows: rows.map(toGroup), totalCount: await countGroups(database.db, filter) };
}

interface PageOfGroups {
  readonly organizationId?: string;
  readonly search?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/**
 * One group.
 *
 * @throws `group_not_found` or `permission_denied`.
 */
export async function readGroup({ database }: ReadDeps, actor: Actor, named: NamedGroup): Promise<Group> {
  return toGroup(await requireGroup(database, actor, named));
}

/**
 * A page of the organization's members by e-mail address, with whether each belongs to the group.
 *
 * @throws `group_not_found` or `permission_denied`.
 */
export async function listGroupUsers(
  { database }: ReadDeps,
  actor: Actor,
  { id, organizationId, offset = 0, limit = pageSizeDefault, username, search }: NamedGroup & PageOfMembers,
): Promise<{ users: GroupUser[]; totalCount: number }> {
  const named = organizationId === undefined ? { id } : { id, organizationId };
  const group = await requireGroup(database, actor, named);
  const filter = { organizationId: group.organizationId, groupId: group.id, username, search };
  const rows = await listMembers(database.db, filter, { offset, limit });
  return { users: rows.map(toGroupUser), totalCount: await countMembers(database.db, filter) };
}

interface PageOfMembers {
  readonly offset?: number;
  readonly limit?: number;
  readonly username?: string;
  readonly search?: string;
}
