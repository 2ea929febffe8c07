import type { Actor } from '../contract/actor.ts';

/** Who may create organizations, as the operator decided: instance admins only, or every user. */
export type OrganizationCreation = 'instance-admins' | 'anyone';

/**
 * Whether a caller may create an organization. A machine identity may not under `anyone`, because it could not belong
 * to it.
 */
export function mayCreateOrganization(actor: Actor, setting: OrganizationCreation): boolean {
  return actor.isInstanceAdmin || (setting === 'anyone' && actor.kind === 'user');
}
