import { clientKeyRoutes } from '../contract/client-keys.ts';
import type { Mount } from '../http/mount.ts';
import { readCertificate } from './read-certificates.ts';
import { clientKeySetMaxAgeSeconds } from './client-key-limits.ts';
import { rotateClientKey } from './client-keys.ts';
import { keepKeySets } from './known-key-sets.ts';
import { readClientKeys, readClientKeySet } from './read-client-keys.ts';
import type { SsoConfigDeps } from './routes.ts';

/** Mounts the client key endpoints. `site` is the web origin that publishes the keys. */
export function mountClientKeys(mount: Mount, deps: SsoConfigDeps, site: string): void {
  mount(clientKeyRoutes.readClientKeys, async ({ actor, query }) =>
    readClientKeys(deps, { actor, organizationId: query.organizationId, site }),
  );
  mount(clientKeyRoutes.rotateClientKey, async ({ actor, body, clientInfo }) =>
    rotateClientKey(deps, { actor, body, clientInfo, site }),
  );
  mount(clientKeyRoutes.readClientCertificate, async ({ actor, query, reply }) => {
    const { organizationId, keyId } = query;
    const certificate = await readCertificate(deps, { actor, organizationId, keyId });
    reply
      .header('content-type', 'application/x-pem-file')
      .header('content-disposition', `attachment; filename="sallyport-${certificate.keyId.slice(0, 8)}.pem"`);
    return certificate.pem;
  });
  const readKeySet = keepKeySets(async (configId) => readClientKeySet(deps, configId), deps.clock);
  mount(clientKeyRoutes.readClientKeySet, async ({ params, reply }) => {
    const keys = await readKeySet(params.configId);
    reply.header('cache-control', `public, max-age=${clientKeySetMaxAgeSeconds}`);
    return { keys };
  });
}
