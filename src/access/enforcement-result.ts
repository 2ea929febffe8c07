import type { Actor, UserActor } from '../contract/actor.ts';
import type { Role } from '../contract/shapes.ts';
import type { OrganizationRow } from './queries.ts';

/** The result of an organization's enforcement of single sign-on for a caller. */
export type Admission = 'free' | 'bypass' | 'refused';

/** What it depends on: the session's sign-in method and organization, and its owner's role there. */
export interface Standing {
  readonly organization: Pick<OrganizationRow, 'id' | 'auth_enforced' | 'bypass_org_auth_enabled'>;
  readonly holder: Pick<UserActor, 'authMethod' | 'organizationId'>;
  readonly role: Role;
}

/**
 * Whether a user's session satisfies an organization's enforcement. It does if nothing is enforced, or if the session
 * came from this organization's identity provider or one of its break-glass codes. An admin can use the bypass, which
 * is audited, if the organization allows it.
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

/** The same for any caller. Enforcement does not apply to machine identities. */
export function admissionOfActor(actor: Actor, place: Pick<Standing, 'organization' | 'role'>): Admission {
  return actor.kind === 'identity' ? 'free' : admissionOf({ ...place, holder: actor });
}
