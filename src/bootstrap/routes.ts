/** The first start: creates the first organization, the instance admin and a machine identity, once. */
import { serverRoutes } from '../contract/server.ts';
import type { Mount } from '../http/mount.ts';
import { bootstrapServer, type BootstrapDeps } from './bootstrap-server.ts';
import { type SetUpGuard, setUpObstacle } from '../http/set-up-guard.ts';

export function mountBootstrap(mount: Mount, deps: BootstrapDeps, guard: SetUpGuard): void {
  mount(serverRoutes.bootstrap, async ({ body, clientInfo, request }) => {
    // Checked before the state of the server, which strangers must not learn.
    const obstacle = setUpObstacle(request, guard);
    if (obstacle !== undefined) throw obstacle;
    return bootstrapServer(deps, body, clientInfo);
  });
}
