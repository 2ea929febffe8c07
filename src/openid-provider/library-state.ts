import type { Adapter, AdapterPayload } from 'oidc-provider/lib/provider.js';

import { listSecretHashes } from '../applications/secret-queries.ts';
import { usesSecret } from '../applications/application.ts';
import { createAssertionMemory } from './client-assertion.ts';
import { libraryTime } from './library-time.ts';
import { partsOfGrantId, projectClient, projectGrant, projectSession } from './projected-state.ts';
import { clientOf, currentCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { applicationById, applicationOf, sessionOf } from './read-through.ts';
import { createTokenStore } from './token-store.ts';
import { givesAccess } from './token-standing.ts';

/** The models of the library that it stores; all others are made from our rows, or not kept at all. */
const storedModels: ReadonlySet<string> = new Set([
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'PushedAuthorizationRequest',
]);

/** The library's storage for a model. */
export function createLibraryState(deps: ProviderDeps): (model: string) => Adapter {
  const readers: Readonly<Record<string, (id: string) => Promise<AdapterPayload | undefined>>> = {
    Client: async (id) => findClient(deps, id),
    Grant: async (id) => findGrant(deps, id),
    Session: async () => findSession(deps),
  };
  return (model) => {
    if (storedModels.has(model)) return createTokenStore(deps, model);
    if (model === 'ReplayDetection') return createAssertionMemory(deps);
    return readOnly(readers[model] ?? (async () => undefined));
  };
}

// The library writes its session at the end of each authorization request, and an interaction when one begins. Neither is
// kept: our rows and the sealed request in the browser say it all.
function readOnly(find: (id: string) => Promise<AdapterPayload | undefined>): Adapter {
  const nothing = async () => undefined;
  return {
    find,
    upsert: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  };
}

async function findClient(deps: ProviderDeps, clientId: string): Promise<AdapterPayload | undefined> {
  const call = currentCall();
  const application = await applicationOf(deps, call, clientId);
  if (application === undefined) return undefined;
  if (usesSecret(application)) {
    call.secretHashes = await listSecretHashes(deps.database.db, application.id, deps.clock.nowMs());
  }
  return projectClient(application);
}

async function findGrant(deps: ProviderDeps, grantId: string): Promise<AdapterPayload | undefined> {
  const parts = partsOfGrantId(grantId);
  if (parts === undefined) return undefined;
  const call = currentCall();
  const application = await applicationById(deps, call, parts.applicationId);
  const session = await sessionOf(deps, call, parts.sessionId);
  if (application === undefined || !givesAccess(application, session, deps.clock.nowMs())) return undefined;
  return projectGrant(session, application, libraryTime(deps));
}

// The mount has decided which session the request may use; what the browser sends to the library does not count.
async function findSession(deps: ProviderDeps): Promise<AdapterPayload | undefined> {
  const { authorization } = currentCall();
  const application = clientOf(currentCall());
  if (authorization?.session === undefined || application === undefined) return undefined;
  return projectSession(authorization.session, application, libraryTime(deps));
}
