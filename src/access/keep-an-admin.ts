import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import { hasAdmin } from './admin-queries.ts';
import { lockAdmins } from './queries.ts';

/**
 * Makes a change that may remove an admin's permissions, and rolls it back if an organization that had an active admin
 * would have none.
 *
 * An admin counts if they could repair the damage: a user with an accepted, active membership who is an admin by their
 * own role or a group's. Machine identities and instance admins do not count. An organization without an admin has
 * nothing to lose. Changes of one organization wait for each other, so two last admins cannot remove each other.
 *
 * @throws `last_admin`
 */
export async function keepAnAdmin<Result>(
  tx: Tx,
  organizationId: OrganizationId,
  change: () => Promise<Result>,
): Promise<Result> {
  await lockAdmins(tx, organizationId);
  const hadOne = await hasAdmin(tx, organizationId);
  const result = await change();
  if (hadOne && !(await hasAdmin(tx, organizationId))) throw appError('last_admin');
  return result;
}
