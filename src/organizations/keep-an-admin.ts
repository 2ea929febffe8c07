import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import { hasAdmin } from './admin-queries.ts';
import { lockAdmins } from './queries.ts';

/**
 * Makes a change that may take an admin's rights away, and takes it back if it left an organization that had an active
 * admin without one.
 *
 * Who counts is who could repair it: a person with an accepted, active membership who is an admin by their own role or
 * by a group's. Machine identities and the server's administrators do not count. An organization that has no admin
 * yet loses nothing. Changes of one organization wait for each other, so two last admins cannot remove each other.
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
