import type { Actor } from '../contract/actor.ts';
import { asId, type MachineIdentityId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import { isInstanceAdmin } from './admin-queries.ts';
import { type Action, isPermitted, strongestRole } from './permissions.ts';
import { findIdentityRole, findMemberRoles } from './queries.ts';

/** Who gave something that is used later: an invitation, a permission, a role. */
export interface Granter {
  readonly organizationId: string;
  readonly kind: 'user' | 'identity';
  readonly id: string;
  /** A user's sign-in method, or the id of the client secret of a machine identity's token. */
  readonly proof: string | null;
}

/** A caller as the giver. */
export function granterOf(actor: Actor): Omit<Granter, 'organizationId'> {
  return actor.kind === 'user'
    ? { kind: 'user', id: actor.userId, proof: actor.authMethod }
    : { kind: 'identity', id: actor.identityId, proof: actor.clientSecretId ?? null };
}

/** The same, as columns. */
export function granterColumns(actor: Actor) {
  const { kind, id, proof } = granterOf(actor);
  return { granter_kind: kind, granter_id: id, granter_proof: proof } as const;
}

/**
 * Whether the giver may still do this to members. If the permission at the time of giving were enough, an admin could
 * leave a backdoor before they are removed.
 *
 * An instance admin counts as one only with their password. If an organization's provider signed them in, they gave it
 * as a member of that organization, and it ends with their permissions there.
 */
export async function mayStill(db: Db | Tx, action: Action, granter: Granter): Promise<boolean> {
  const organizationId = asId<OrganizationId>(granter.organizationId);
  const roles =
    granter.kind === 'user'
      ? await findMemberRoles(db, organizationId, asId<UserId>(granter.id))
      : [(await findIdentityRole(db, organizationId, asId<MachineIdentityId>(granter.id))) ?? ('no-access' as const)];
  if (isPermitted(strongestRole(roles), 'member', action)) return true;
  if (granter.kind === 'user' && granter.proof !== 'password') return false;
  return isInstanceAdmin(db, granter);
}
