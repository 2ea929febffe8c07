import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToObjectAlone } from '../access/access-to-object.ts';
import type { Action } from '../access/permissions.ts';
import { requireAccessToObject } from '../access/read-access-to-object.ts';
import type { Db, Reader, Tx } from '../storage/database.ts';
import { findGroup, type StoredGroup } from './queries.ts';

/** A group as a caller names it: by its id, and optionally by its organization. */
export interface NamedGroup {
  readonly id: string;
  readonly organizationId?: string;
}

const subject = { missing: 'group_not_found', subject: 'groups' } as const;

/**
 * The named group, if the caller may read it.
 *
 * @throws `group_not_found` or `permission_denied`.
 */
export async function requireGroup(reader: Reader, actor: Actor, named: NamedGroup): Promise<StoredGroup> {
  const object = await findNamed(reader.db, named);
  return requireAccessToObject(reader, actor, { ...subject, object, action: 'read' });
}

/**
 * The named group, if the caller may change it. Locks the organization, see `requireAccessAlone`.
 *
 * @throws `group_not_found`, `permission_denied` or `token_invalid`.
 */
export async function requireGroupAlone(
  tx: Tx,
  actor: Actor,
  { action, ...named }: NamedGroup & { action: Action },
): Promise<StoredGroup> {
  return requireAccessToObjectAlone(tx, actor, { ...subject, find: async () => findNamed(tx, named), action });
}

async function findNamed(db: Db | Tx, { id, organizationId }: NamedGroup): Promise<StoredGroup> {
  const group = await findGroup(db, id);
  // If the caller also names an organization, it must be the group's. Otherwise the group looks unknown.
  if (group === undefined || (organizationId !== undefined && group.organizationId !== organizationId)) {
    throw appError('group_not_found');
  }
  return group;
}
