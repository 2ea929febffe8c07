/** The endpoints for an organization's members: list them, change their roles, deactivate and remove them. */
import { appError } from '../contract/errors.ts';
import { membershipRoutes } from '../contract/memberships.ts';
import type { Mount } from '../http/mount.ts';
import { deleteMemberships } from './delete-memberships.ts';
import type { MembershipsDeps } from './deps.ts';
import { listMemberships } from './read-memberships.ts';
import { updateMembership } from './update-membership.ts';

export function mountMemberships(mount: Mount, deps: MembershipsDeps): void {
  mount(membershipRoutes.listMemberships, async ({ actor, params, query }) =>
    listMemberships(deps, actor, { ...query, ...params }),
  );

  mount(membershipRoutes.updateMembership, async ({ params, ...call }) => ({
    membership: await updateMembership(deps, { ...call, ...params }),
  }));

  mount(membershipRoutes.deleteMembership, async ({ params: { organizationId, membershipId }, query, ...call }) => {
    const named = { organizationId, membershipIds: [membershipId], ...query };
    const [membership] = await deleteMemberships(deps, { ...call, ...named });
    if (membership === undefined) throw appError('membership_not_found');
    return { membership };
  });

  mount(membershipRoutes.deleteMemberships, async ({ params, body, ...call }) => ({
    memberships: await deleteMemberships(deps, { ...call, ...params, ...body }),
  }));
}
