/**
 * Machine identities: programs that call the API, and their universal auth (a client id and client secrets).
 * `machine-login/` issues their access tokens.
 */
import { identityRoutes } from '../contract/identities.ts';
import type { Mount } from '../http/mount.ts';
import { createIdentity } from './create-identity.ts';
import { deleteIdentity } from './delete-identity.ts';
import type { IdentitiesDeps } from './deps.ts';
import { listIdentities } from './list-identities.ts';
import { mountUniversalAuth } from './universal-auth-routes.ts';
import { readIdentity } from './read-identity.ts';
import { readIdentityDetails } from './read-identity-details.ts';
import { updateIdentity } from './update-identity.ts';

export function mountIdentities(mount: Mount, deps: IdentitiesDeps): void {
  mount(identityRoutes.createIdentity, async (call) => ({ identity: await createIdentity(deps, call) }));

  mount(identityRoutes.listIdentities, async ({ actor, query }) => listIdentities(deps, actor, query));

  mount(identityRoutes.readIdentityDetails, async ({ actor }) => ({
    identityDetails: await readIdentityDetails(deps, actor),
  }));

  mount(identityRoutes.readIdentity, async ({ actor, params }) => ({
    identity: await readIdentity(deps, actor, params.identityId),
  }));

  mount(identityRoutes.updateIdentity, async ({ params, ...call }) => ({
    identity: await updateIdentity(deps, { ...call, ...params }),
  }));

  mount(identityRoutes.deleteIdentity, async ({ params, ...call }) => ({
    identity: await deleteIdentity(deps, { ...call, ...params }),
  }));

  mountUniversalAuth(mount, deps);
}
