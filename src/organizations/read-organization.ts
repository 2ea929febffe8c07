import type { Actor } from '../contract/actor.ts';
import type { Organization, Provisioning } from '../contract/organizations.ts';
import type { Database } from '../storage/database.ts';
import { requireAccess } from '../access/read-access.ts';
import { toOrganization, toProvisioning } from './to-organization.ts';

/**
 * One organization, for callers who may read its settings.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function readOrganization(
  { database }: { database: Database },
  actor: Actor,
  organizationId: string,
): Promise<Organization> {
  return toOrganization(await requireAccess(database, actor, { organizationId, ...question }));
}

const question = { subject: 'settings', action: 'read' } as const;

/** Its provisioning policy, for the same callers and with the same errors. */
export async function readProvisioning(
  { database }: { database: Database },
  actor: Actor,
  organizationId: string,
): Promise<Provisioning> {
  return toProvisioning(await requireAccess(database, actor, { organizationId, ...question }));
}
