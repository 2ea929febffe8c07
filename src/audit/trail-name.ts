import type { OrganizationId } from '../contract/ids.ts';

/** The name of the server's own trail. No organization's identifier looks like it. */
export const serverTrail = 'server';

/** The name of the trail that an organization's entries stand in; without an organization, of the server's own. */
export function trailOf(organizationId: OrganizationId | undefined): string {
  return organizationId ?? serverTrail;
}
