import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import { lockOrganization, type OrganizationRow } from './queries.ts';

/**
 * An organization as it is, and as it stays until the transaction ends: for decisions that hang on its settings.
 *
 * @throws `organization_not_found` when it was removed meanwhile.
 */
export async function requireLocked(tx: Tx, id: OrganizationId): Promise<OrganizationRow> {
  const organization = await lockOrganization(tx, id);
  if (organization === undefined) throw appError('organization_not_found');
  return organization;
}
