import { asId, type MachineIdentityId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import { isServerAdmin } from './admin-queries.ts';
import { type Action, isPermitted, strongestRole } from './permissions.ts';
import { findIdentityRole, findMemberRoles } from './queries.ts';

/** Who gave somebody something that is used later: an invitation, a permission. */
export interface Granter {
  readonly organizationId: string;
  readonly kind: 'user' | 'identity';
  readonly id: string;
}

/**
 * Whether whoever gave it may still do that to members. Were it enough that they could when they did, an admin on the
 * way out could leave a way back in behind.
 */
export async function mayStill(db: Db | Tx, action: Action, granter: Granter): Promise<boolean> {
  const organizationId = asId<OrganizationId>(granter.organizationId);
  const roles =
    granter.kind === 'user'
      ? await findMemberRoles(db, organizationId, asId<UserId>(granter.id))
      : [(await findIdentityRole(db, organizationId, asId<MachineIdentityId>(granter.id))) ?? ('no-access' as const)];
  if (isPermitted(strongestRole(roles), 'member', action)) return true;
  return isServerAdmin(db, granter);
}
