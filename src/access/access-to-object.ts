import type { Actor } from '../contract/actor.ts';
import { appError, type BareErrorCode, isKnownError } from '../contract/errors.ts';
import type { Tx } from '../storage/database.ts';
import { requireAccessAlone } from './access.ts';
import type { Action, Subject } from './permissions.ts';

/** An object of an organization. */
export interface Owned {
  readonly organizationId: string;
}

/** What a caller wants to change of an object that they named by id only. */
export interface ChangeQuestion<Found> {
  /** Finds the object in any organization. It is called before the lock and again under it. */
  readonly find: () => Promise<Found | undefined>;
  /** The error if the object does not exist as far as the caller may know. */
  readonly missing: BareErrorCode;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may change an object of an organization, and returns it as it is under the organization's
 * exclusive lock, which the transaction keeps. An object of an organization that the caller does not belong to gives
 * the same response as an unknown one.
 *
 * @throws `missing`, `permission_denied` or `token_invalid`.
 */
export async function requireAccessToObjectAlone<Found extends Owned>(
  tx: Tx,
  actor: Actor,
  { find, missing, subject, action }: ChangeQuestion<Found>,
): Promise<Found> {
  const found = await find();
  if (found === undefined) throw appError(missing);
  const { organizationId } = found;
  await hideOrganization(missing, async () => requireAccessAlone(tx, actor, { organizationId, subject, action }));
  const locked = await find();
  if (locked === undefined) throw appError(missing);
  return locked;
}

/** Converts "organization not found" to "object not found". */
export async function hideOrganization<Result>(missing: BareErrorCode, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (thrown) {
    if (isKnownError(thrown) && thrown.code === 'organization_not_found') throw appError(missing, { cause: thrown });
    throw thrown;
  }
}
