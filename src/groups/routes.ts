/**
 * The groups of an organization and their members. If the identity provider manages the memberships, only group
 * synchronisation changes them; otherwise an admin does.
 */
import { groupRoutes } from '../contract/groups.ts';
import { sendBareList } from '../http/bound-list.ts';
import type { Mount } from '../http/mount.ts';
import { addGroupUser, removeGroupUser } from './change-members.ts';
import { createGroup, type GroupsDeps } from './create-group.ts';
import { deleteGroup } from './delete-group.ts';
import { listGroups, listGroupUsers, readGroup } from './read-groups.ts';
import { updateGroup } from './update-group.ts';

export function mountGroups(mount: Mount, deps: GroupsDeps): void {
  mount(groupRoutes.createGroup, async (call) => createGroup(deps, call));

  mount(groupRoutes.listGroups, async ({ actor, query, reply }) =>
    sendBareList(reply, await listGroups(deps, actor, query)),
  );

  mount(groupRoutes.readGroup, async ({ actor, params, query }) => readGroup(deps, actor, { ...query, ...params }));

  mount(groupRoutes.updateGroup, async ({ params, ...call }) => updateGroup(deps, { ...call, ...params }));

  mount(groupRoutes.deleteGroup, async ({ params, query, ...call }) =>
    deleteGroup(deps, { ...call, group: { ...query, ...params } }),
  );

  mount(groupRoutes.addGroupUser, async ({ params: { id, username }, query, ...call }) =>
    addGroupUser(deps, { ...call, group: { ...query, id }, username }),
  );

  mount(groupRoutes.removeGroupUser, async ({ params: { id, username }, query, ...call }) =>
    removeGroupUser(deps, { ...call, group: { ...query, id }, username }),
  );

  mount(groupRoutes.listGroupUsers, async ({ actor, params, query }) =>
    listGroupUsers(deps, actor, { ...query, ...params }),
  );
}
