import { identityRoutes } from '../contract/identities.ts';
import type { Mount } from '../http/mount.ts';
import { attachUniversalAuth } from './attach-universal-auth.ts';
import { createClientSecret } from './create-client-secret.ts';
import type { IdentitiesDeps } from './deps.ts';
import { detachUniversalAuth } from './detach-universal-auth.ts';
import { listClientSecrets, readClientSecret } from './read-client-secrets.ts';
import { readUniversalAuth } from './read-identity.ts';
import { revokeClientSecret } from './revoke-client-secret.ts';
import { updateUniversalAuth } from './update-universal-auth.ts';

/** Mounts the endpoints of universal auth settings and client secrets. */
export function mountUniversalAuth(mount: Mount, deps: IdentitiesDeps): void {
  mount(identityRoutes.attachUniversalAuth, async ({ params, ...call }) => ({
    identityUniversalAuth: await attachUniversalAuth(deps, { ...call, ...params }),
  }));

  mount(identityRoutes.readUniversalAuth, async ({ actor, params }) => ({
    identityUniversalAuth: await readUniversalAuth(deps, actor, params.identityId),
  }));

  mount(identityRoutes.updateUniversalAuth, async ({ params, ...call }) => ({
    identityUniversalAuth: await updateUniversalAuth(deps, { ...call, ...params }),
  }));

  mount(identityRoutes.detachUniversalAuth, async ({ params, ...call }) => ({
    identityUniversalAuth: await detachUniversalAuth(deps, { ...call, ...params }),
  }));

  mount(identityRoutes.createClientSecret, async ({ params, ...call }) =>
    createClientSecret(deps, { ...call, ...params }),
  );

  mount(identityRoutes.listClientSecrets, async ({ actor, params, query }) =>
    listClientSecrets(deps, actor, { ...query, ...params }),
  );

  mount(identityRoutes.readClientSecret, async ({ actor, params }) => ({
    clientSecretData: await readClientSecret(deps, actor, params),
  }));

  mount(identityRoutes.revokeClientSecret, async ({ params, ...call }) => ({
    clientSecretData: await revokeClientSecret(deps, { ...call, ...params }),
  }));
}
