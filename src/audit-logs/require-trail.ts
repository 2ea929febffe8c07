import { serverTrail } from '../audit/trail-name.ts';
import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { isDeletedOrganization } from '../organizations/delete-organization-queries.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Reader } from '../storage/database.ts';

/** The trail that a caller wants to read. */
export interface TrailChoice {
  readonly organizationId?: string;
  readonly scope?: 'organization' | 'server';
}

/**
 * The name of the trail, if the caller may read it.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function requireTrail(
  reader: Reader,
  actor: Actor,
  { organizationId, scope }: TrailChoice,
): Promise<string> {
  if (scope === 'server') {
    if (!actor.isInstanceAdmin) throw appError('permission_denied', { meta: { scope } });
    return serverTrail;
  }
  // Only the trail of a deleted organization still exists, and only instance admins may read it.
  if (
    actor.isInstanceAdmin &&
    organizationId !== undefined &&
    (await isDeletedOrganization(reader.db, organizationId))
  ) {
    return organizationId;
  }
  return (await requireAccess(reader, actor, { organizationId, subject: 'audit-logs', action: 'read' })).id;
}
