/**
 * The groups of an organization and who is in them. Members come and go by the identity provider's groups claim, which
 * is group synchronisation's business; this folder owns the groups themselves.
 */
import { groupRoutes } from '../contract/groups.ts';
import type { Mount } from '../http/mount.ts';
import { createGroup, type GroupsDeps } from './create-group.ts';
import { listGroups, listGroupUsers, readGroup } from './read-groups.ts';

export function mountGroups(mount: Mount, deps: GroupsDeps): void {
  mount(groupRoutes.createGroup, async (call) => createGroup(deps, call));

  mount(groupRoutes.listGroups, async ({ actor, query }) => listGroups(deps, actor, query.organizationId));

  mount(groupRoutes.readGroup, async ({ actor, params, query }) => readGroup(deps, actor, { ...query, ...params }));

  mount(groupRoutes.listGroupUsers, async ({ actor, params, query }) =>
    listGroupUsers(deps, actor, { ...query, ...params }),
  );
}
