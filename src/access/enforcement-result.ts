import type { Actor, UserActor } from '../contract/actor.ts';
import type { Role } from '../contract/shapes.ts';
import type { StoredOrganization } from './queries.ts';

/**
 * The result of an organization's enforcement of single sign-on for a caller. `bypass` allows an admin's access only
 * after its use is audited.
 */
export type EnforcementResult = 'satisfied' | 'bypass' | 'refused';

/** What it depends on: the session's sign-in method and organization, and its user's role there. */
export interface EnforcementQuestion {
  readonly organization: Pick<StoredOrganization, 'id' | 'authEnforced' | 'bypassOrgAuthEnabled'>;
  readonly session: Pick<UserActor, 'authMethod' | 'organizationId'>;
  readonly role: Role;
}

/**
 * Whether a user's session satisfies an organization's enforcement. It does if nothing is enforced, or if the session
 * came from this organization's identity provider or one of its break-glass codes. An admin can use the bypass, which
 * is audited, if the organization allows it.
 */
export function enforcementResult({ organization, session, role }: EnforcementQuestion): EnforcementResult {
  if (!organization.authEnforced) return 'satisfied';
  switch (session.authMethod) {
    case 'oidc':
    case 'break-glass':
      return session.organizationId === organization.id ? 'satisfied' : 'refused';
    case 'password':
      return organization.bypassOrgAuthEnabled && role === 'admin' ? 'bypass' : 'refused';
    default:
      return session.authMethod satisfies never;
  }
}

/** The same for any caller. Enforcement does not apply to machine identities. */
export function enforcementResultOfCaller(
  actor: Actor,
  question: Omit<EnforcementQuestion, 'session'>,
): EnforcementResult {
  return actor.kind === 'identity' ? 'satisfied' : enforcementResult({ ...question, session: actor });
}
