/** The first start: makes the first organization, its administrator and a machine identity, once. */
import { serverRoutes } from '../contract/server.ts';
import type { Mount } from '../http/mount.ts';
import { bootstrapServer, type BootstrapDeps } from './bootstrap-server.ts';

export function mountBootstrap(mount: Mount, deps: BootstrapDeps): void {
  mount(serverRoutes.bootstrap, async ({ body, origin }) => bootstrapServer(deps, body, origin));
}
