import type { Actor, UserActor } from '../contract/actor.ts';
import type { Role } from '../contract/shapes.ts';
import type { OrganizationRow } from './queries.ts';

/** How a caller stands to an organization's enforcement of single sign-on. */
export type Admission = 'free' | 'bypass' | 'refused';

/** What decides it: how the session came to be, for which organization, and what its holder is there. */
export interface Standing {
  readonly organization: Pick<OrganizationRow, 'id' | 'auth_enforced' | 'bypass_org_auth_enabled'>;
  readonly holder: Pick<UserActor, 'authMethod' | 'organizationId'>;
  readonly role: Role;
}

/**
 * Whether a person's session passes an organization's enforcement: freely when nothing is enforced or the session came
 * from this organization's identity provider or from one of its break-glass codes; by the bypass, which is written
 * down, when the organization left it open and the person is an admin; else not at all.
 */
export function admissionOf({ organization, holder, role }: Standing): Admission {
  if (organization.auth_enforced === 0) return 'free';
  switch (holder.authMethod) {
    case 'oidc':
    case 'break-glass':
      return holder.organizationId === organization.id ? 'free' : 'refused';
    case 'password':
      return organization.bypass_org_auth_enabled === 1 && role === 'admin' ? 'bypass' : 'refused';
    default:
      return holder.authMethod satisfies never;
  }
}

/** The same for any caller. Enforcement is about how people prove who they are: a machine identity is no person. */
export function admissionOfActor(actor: Actor, place: Pick<Standing, 'organization' | 'role'>): Admission {
  return actor.kind === 'identity' ? 'free' : admissionOf({ ...place, holder: actor });
}
