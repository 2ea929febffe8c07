import { InvalidClientAuth } from 'oidc-provider/lib/helpers/errors.js';
import type { Adapter } from 'oidc-provider/lib/provider.js';

import type { Application } from '../applications/application.ts';
import { sha256Hex } from '../kernel/digest.ts';
import { libraryTime } from './library-time.ts';
import { clientOf, currentCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { insertToken } from './token-queries.ts';

/** How long an assertion may be valid, and by how much the client's clock may be ahead. */
const lifetimeSecondsMax = 60;
const leewaySeconds = 15;

/** The claims of a client's assertion (RFC 7523, section 3), which the library has verified. */
interface AssertionClaims {
  readonly aud?: unknown;
  readonly exp?: number;
}

/**
 * Accepts an assertion only for this server and only for a minute. With the token endpoint or a list as its audience, it
 * could be one that the client made for another server.
 *
 * @throws `invalid_client`
 */
export function requireNarrowAssertion(deps: ProviderDeps, { aud, exp = 0 }: AssertionClaims): void {
  if (aud !== deps.site) throw new InvalidClientAuth('the audience must be the issuer identifier');
  const { librarySeconds } = libraryTime(deps);
  if (exp > librarySeconds + lifetimeSecondsMax + leewaySeconds) {
    throw new InvalidClientAuth('the assertion must expire within a minute');
  }
}

/**
 * The library's storage for the ids of assertions. It looks an id up and then keeps it, so of two requests with one
 * assertion both could pass. The second one to keep an id fails here.
 */
export function createAssertionMemory(deps: ProviderDeps): Adapter {
  const nothing = async () => undefined;
  return {
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
    upsert: async (id, _payload, expiresInSeconds = lifetimeSecondsMax) => {
      const nowMs = deps.clock.nowMs();
      const isNew = await deps.database.transaction((tx) =>
        insertToken(tx, {
          tokenHash: sha256Hex(`assertion:${id}`),
          model: 'ReplayDetection',
          applicationId: onlyApplication().id,
          sessionId: null,
          payload: '{}',
          consumedAtMs: nowMs,
          expiresAtMs: nowMs + expiresInSeconds * 1000,
          nowMs,
        }),
      );
      if (!isNew) throw new InvalidClientAuth('an assertion can be used once');
    },
  };
}

const keysBytesMax = 65_536;
const keysTotalMs = 3000;

/** The parts of a response that the library reads. */
interface KeysResponse {
  readonly status: number;
  readonly headers: { has(name: string): boolean; get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Fetches the public keys of an application, through the outbound policy. */
export async function fetchClientKeys({ fetch }: ProviderDeps, url: string): Promise<KeysResponse> {
  const { id, organizationId } = onlyApplication();
  const { status, headers, body } = await fetch({
    url,
    headers: { accept: 'application/json' },
    limits: { bytesMax: keysBytesMax, totalMs: keysTotalMs },
    bulkhead: organizationId ?? id,
    step: 'application_keys',
  });
  return {
    status,
    headers: {
      has: (name) => headers.has(name.toLowerCase()),
      get: (name) => headers.get(name.toLowerCase()) ?? null,
    },
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}

// A request to an endpoint for clients concerns one: the one that authenticates.
function onlyApplication(): Application {
  const application = clientOf(currentCall());
  if (application === undefined) throw new InvalidClientAuth('no client');
  return application;
}
