import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { requireAccessToRow } from '../organizations/access-to-row.ts';
import { lockOrganization } from '../organizations/queries.ts';
import type { Action } from '../organizations/permissions.ts';
import type { Db, Tx } from '../storage/database.ts';
import { findGroup, type GroupRow } from './queries.ts';

/** A group as a caller names it: by its id, and by the organization that they believe it to be in, if they say. */
export interface NamedGroup {
  readonly id: string;
  readonly organizationId?: string;
}

/**
 * The group that a caller named, once it is sure that they may do to it what they want.
 *
 * @throws `group_not_found` or `permission_denied`.
 */
export async function requireGroup(
  db: Db | Tx,
  actor: Actor,
  { id, organizationId, action }: NamedGroup & { action: Action },
): Promise<GroupRow> {
  const row = await findGroup(db, id);
  // An organization that is named besides must be the group's: what is asked for does not exist in any other.
  if (organizationId !== undefined && row?.organization_id !== organizationId) throw appError('group_not_found');
  return requireAccessToRow(db, actor, { row, missing: 'group_not_found', subject: 'groups', action });
}

/**
 * The same for a caller who is about to change it: waits until nobody else changes who may do what in its
 * organization, and decides by what is so then.
 *
 * @throws as {@link requireGroup}.
 */
export async function requireGroupAlone(
  tx: Tx,
  actor: Actor,
  question: NamedGroup & { action: Action },
): Promise<GroupRow> {
  const { organization_id: organizationId } = await requireGroup(tx, actor, question);
  await lockOrganization(tx, asId<OrganizationId>(organizationId));
  return requireGroup(tx, actor, question);
}
