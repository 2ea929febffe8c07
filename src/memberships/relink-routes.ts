import { relinkRoutes } from '../contract/relinking.ts';
import type { Mount } from '../http/mount.ts';
import { allowRelink } from './allow-relink.ts';
import type { MembershipsDeps } from './deps.ts';
import { readRelinks } from './read-relinks.ts';
import { withdrawRelinks } from './withdraw-relinks.ts';

/** Relinking: how members keep their accounts when the identity provider changes. */
export function mountRelinking(mount: Mount, deps: MembershipsDeps): void {
  mount(relinkRoutes.allowRelink, async ({ params, ...call }) => allowRelink(deps, { ...call, ...params }));

  mount(relinkRoutes.listRelinks, async ({ actor, params, query }) =>
    readRelinks(deps, actor, { ...query, ...params }),
  );

  mount(relinkRoutes.withdrawRelinks, async ({ params, ...call }) => ({
    withdrawnCount: await withdrawRelinks(deps, { ...call, ...params }),
  }));
}
