import type { Actor } from '../contract/actor.ts';
import { appError, type BareErrorCode, isKnownError } from '../contract/errors.ts';
import type { Tx } from '../storage/database.ts';
import { requireAccessAlone } from './access.ts';
import type { Action, Subject } from './permissions.ts';

/** What a caller wants to change of a thing that they named by its identifier only. */
export interface ChangeQuestion<Row> {
  /** Looks under that identifier in any organization. It is asked before the lock and again under it. */
  readonly find: () => Promise<Row | undefined>;
  /** The answer when there is no such thing as far as the caller may know. */
  readonly missing: BareErrorCode;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may change a thing that belongs to an organization, and returns it as it is under the
 * organization's lock, which the transaction holds alone from then on. A thing of an organization that the caller does
 * not belong to has the same answer as one that does not exist.
 *
 * @throws `missing`, `permission_denied` or `token_invalid`.
 */
export async function requireAccessToRowAlone<Row extends { readonly organization_id: string }>(
  tx: Tx,
  actor: Actor,
  { find, missing, subject, action }: ChangeQuestion<Row>,
): Promise<Row> {
  const found = await find();
  if (found === undefined) throw appError(missing);
  const { organization_id: organizationId } = found;
  await hideOrganization(missing, async () => requireAccessAlone(tx, actor, { organizationId, subject, action }));
  const row = await find();
  if (row === undefined) throw appError(missing);
  return row;
}

/** Gives a thing of an organization that does not exist for the caller the answer of a thing that does not exist. */
export async function hideOrganization<Result>(missing: BareErrorCode, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (thrown) {
    if (isKnownError(thrown) && thrown.code === 'organization_not_found') throw appError(missing, { cause: thrown });
    throw thrown;
  }
}
