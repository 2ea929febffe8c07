import type { Actor } from '../contract/actor.ts';
import { appError, type ErrorCode, isKnownError } from '../contract/errors.ts';
import type { Db, Tx } from '../storage/database.ts';
import { requireAccess } from './access.ts';
import type { Action, Subject } from './permissions.ts';

/** What a caller wants to do to a thing that they named by its identifier alone. */
export interface RowQuestion<Row> {
  /** What was found under that identifier in any organization. */
  readonly row: Row | undefined;
  /** What the caller is told when there is no such thing as far as they may know. */
  readonly missing: ErrorCode;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may do something to a thing that belongs to an organization, and returns it. A thing of an
 * organization that the caller does not belong to is answered exactly like one that never was.
 *
 * @throws `missing` or `permission_denied`.
 */
export async function requireAccessToRow<Row extends { readonly organization_id: string }>(
  db: Db | Tx,
  actor: Actor,
  { row, missing, subject, action }: RowQuestion<Row>,
): Promise<Row> {
  if (row === undefined) throw appError(missing);
  try {
    await requireAccess(db, actor, { organizationId: row.organization_id, subject, action });
  } catch (thrown) {
    if (isKnownError(thrown) && thrown.code === 'organization_not_found') throw appError(missing, { cause: thrown });
    throw thrown;
  }
  return row;
}
