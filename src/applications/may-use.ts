import type { Application } from './application.ts';

/** A member of an organization who wants to use an application. */
export interface WouldBeUser {
  readonly organizationId: string;
  readonly groups: readonly { readonly name: string }[];
}

/** Why a member may not use an application. */
export type Exclusion = 'organization' | 'group';

/**
 * Why a member may not use an application; `undefined` if they may. An organization's application admits its own members
 * alone. One of the operator admits those of every organization, or of the listed ones. If it names groups, only their
 * members may use it.
 */
export function findExclusion(
  application: Pick<Application, 'organizationId' | 'organizations' | 'organizationIds' | 'groups'>,
  user: WouldBeUser,
): Exclusion | undefined {
  if (!admitsOrganization(application, user.organizationId)) return 'organization';
  const { groups } = application;
  if (groups === null) return undefined;
  return user.groups.some(({ name }) => groups.includes(name)) ? undefined : 'group';
}

/** Whether members of an organization may use an application, apart from its groups. */
export function admitsOrganization(
  application: Pick<Application, 'organizationId' | 'organizations' | 'organizationIds'>,
  organizationId: string,
): boolean {
  const { organizationId: owner, organizations, organizationIds } = application;
  if (owner !== null) return owner === organizationId;
  return organizations === 'all' || organizationIds.some((listed) => listed === organizationId);
}
