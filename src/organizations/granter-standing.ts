import type { Actor } from '../contract/actor.ts';
import { asId, type MachineIdentityId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import { isInstanceAdmin } from './admin-queries.ts';
import { type Action, isPermitted, strongestRole } from './permissions.ts';
import { findIdentityRole, findMemberRoles } from './queries.ts';

/** Who gave somebody something that is used later: an invitation, a permission, a role. */
export interface Granter {
  readonly organizationId: string;
  readonly kind: 'user' | 'identity';
  readonly id: string;
  /** The sign-in method of a person, or the id of the client secret behind a machine identity's token. */
  readonly proof: string | null;
}

/** A caller as the granter of what they give. */
export function granterOf(actor: Actor): Omit<Granter, 'organizationId'> {
  return actor.kind === 'user'
    ? { kind: 'user', id: actor.userId, proof: actor.authMethod }
    : { kind: 'identity', id: actor.identityId, proof: actor.clientSecretId ?? null };
}

/** The same, in a row's columns. */
export function granterColumns(actor: Actor) {
  const { kind, id, proof } = granterOf(actor);
  return { granter_kind: kind, granter_id: id, granter_proof: proof } as const;
}

/**
 * Whether whoever gave it may still do that to members. Were it enough that they could when they did, an admin on the
 * way out could leave a way back in behind.
 *
 * An instance admin is one only with their password. If an organization's provider signed them in, they gave it as a
 * member of that organization, and it ends with their rights there.
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
