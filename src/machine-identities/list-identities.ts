import type { Actor } from '../contract/actor.ts';
import type { MachineIdentity } from '../contract/identities.ts';
import { identitiesPerOrganizationMax } from '../contract/limits.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import { countIdentities, listIdentityRows } from './queries.ts';
import { toIdentity } from './to-identity.ts';

/**
 * A page of an organization's machine identities by name. The token's organization by default.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function listIdentities(
  { database }: { database: Database },
  actor: Actor,
  {
    orgId: organizationId,
    offset = 0,
    limit = identitiesPerOrganizationMax,
    ...filter
  }: { orgId?: string; search?: string; offset?: number; limit?: number },
): Promise<{ identities: MachineIdentity[]; totalCount: number }> {
  const question = { organizationId, subject: 'identity', action: 'read' } as const;
  const id = (await requireAccess(database, actor, question)).id;
  const wanted = { ...filter, organizationId: id };
  const rows = await listIdentityRows(database.db, wanted, { offset, limit });
  return { identities: rows.map(toIdentity), totalCount: await countIdentities(database.db, wanted) };
}
