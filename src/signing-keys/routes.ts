import { serverRoutes } from '../contract/server.ts';
import type { Mount } from '../http/mount.ts';
import { publishedKeysMaxAgeSeconds } from './signing-key-limits.ts';
import type { SigningKeys } from './signing-keys.ts';

export function mountSigningKeys(mount: Mount, keys: SigningKeys): void {
  mount(serverRoutes.readSigningKeys, async ({ reply }) => {
    reply.header('cache-control', `public, max-age=${publishedKeysMaxAgeSeconds}`);
    return keys.jwks();
  });
}
