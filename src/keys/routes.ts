/**
 * The server's own keys: what there is to see of them, how they are rotated while the server runs, and which columns
 * hold what they have sealed. How they work is in storage/ (root and data keys) and tokens/ (signing keys).
 */
import { keyRoutes } from '../contract/keys.ts';
import type { Mount } from '../http/mount.ts';
import type { KeysDeps } from './keys-deps.ts';
import { readServerKeys } from './read-server-keys.ts';
import { rotateKeys } from './rotate-keys.ts';

export function mountKeys(mount: Mount, deps: KeysDeps): void {
  mount(keyRoutes.readKeys, async ({ actor }) => readServerKeys(deps, actor));
  mount(keyRoutes.rotateKeys, async ({ actor, clientInfo, body }) => {
    await rotateKeys(deps, { actor, clientInfo, kind: body.kind });
    return readServerKeys(deps, actor);
  });
}
