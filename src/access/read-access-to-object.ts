import type { Actor } from '../contract/actor.ts';
import { appError, type BareErrorCode } from '../contract/errors.ts';
import type { Reader } from '../storage/database.ts';
import { hideOrganization, type Owned } from './access-to-object.ts';
import type { Action, Subject } from './permissions.ts';
import { requireAccess } from './read-access.ts';

/** What a caller wants to read of an object that they named by id only. */
export interface ReadQuestion<Found> {
  /** The object, found in any organization. */
  readonly object: Found | undefined;
  /** The error if the object does not exist as far as the caller may know. */
  readonly missing: BareErrorCode;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may read an object of an organization, and returns it. An object of an organization that the
 * caller does not belong to gives the same response as an unknown one. For a change, use `requireAccessToObjectAlone`.
 *
 * @throws `missing` or `permission_denied`.
 */
export async function requireAccessToObject<Found extends Owned>(
  reader: Reader,
  actor: Actor,
  { object, missing, subject, action }: ReadQuestion<Found>,
): Promise<Found> {
  if (object === undefined) throw appError(missing);
  await hideOrganization(missing, async () =>
    requireAccess(reader, actor, { organizationId: object.organizationId, subject, action }),
  );
  return object;
}
