import type { OrganizationId } from '../contract/ids.ts';

/** The name of the server's own trail. It is never the id of an organization. */
export const serverTrail = 'server';

/** The name of an organization's trail, or of the server's own trail if there is no organization. */
export function trailOf(organizationId: OrganizationId | undefined): string {
  return organizationId ?? serverTrail;
}
