import type { MachineActor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { findOrganization } from '../access/queries.ts';
import type { Database } from '../storage/database.ts';

/**
 * The organization of the calling machine identity. Any role may read it, because the token belongs to that
 * organization.
 */
export async function readIdentityDetails(
  { database }: { database: Database },
  { organizationId }: MachineActor,
): Promise<{ organization: { id: string; name: string; slug: string } }> {
  const organization = await findOrganization(database.db, organizationId);
  if (organization === undefined) throw appError('organization_not_found');
  return { organization: { id: organization.id, name: organization.name, slug: organization.slug } };
}
