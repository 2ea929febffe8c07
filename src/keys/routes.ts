/**
 * The endpoints of the server's keys, and the list of columns that they encrypt. `storage/keys/` implements root and
 * data keys, `signing-keys/` signing keys.
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
