import type { Actor } from '../contract/actor.ts';
import type { Organization } from '../contract/organizations.ts';
import type { Database } from '../storage/database.ts';
import { requireAccess } from './access.ts';
import { toOrganization } from './to-organization.ts';

/**
 * One organization, for whoever may read its settings.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function readOrganization(
  { database }: { database: Database },
  actor: Actor,
  organizationId: string,
): Promise<Organization> {
  return toOrganization(
    await requireAccess(database.db, actor, { organizationId, subject: 'settings', action: 'read' }),
  );
}
