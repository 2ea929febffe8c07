import type { Actor } from '../contract/actor.ts';
import { appError, type BareErrorCode } from '../contract/errors.ts';
import type { Reader } from '../storage/database.ts';
import { hideOrganization } from './access-to-row.ts';
import type { Action, Subject } from './permissions.ts';
import { requireAccess } from './read-access.ts';

/** What a caller wants to read of a thing that they named by its identifier only. */
export interface RowQuestion<Row> {
  /** What was found under that identifier in any organization. */
  readonly row: Row | undefined;
  /** The answer when there is no such thing as far as the caller may know. */
  readonly missing: BareErrorCode;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may read a thing that belongs to an organization, and returns it. A thing of an organization
 * that the caller does not belong to has the same answer as one that does not exist. For a change, use
 * `requireAccessToRowAlone`.
 *
 * @throws `missing` or `permission_denied`.
 */
export async function requireAccessToRow<Row extends { readonly organization_id: string }>(
  reader: Reader,
  actor: Actor,
  { row, missing, subject, action }: RowQuestion<Row>,
): Promise<Row> {
  if (row === undefined) throw appError(missing);
  await hideOrganization(missing, async () =>
    requireAccess(reader, actor, { organizationId: row.organization_id, subject, action }),
  );
  return row;
}
