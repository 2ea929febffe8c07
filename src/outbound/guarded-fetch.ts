import Agent from 'undici/lib/dispatcher/agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';

import type { Clock } from '../kernel/clock.ts';
import { createBulkhead } from './bulkhead.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createGuardedConnector } from './guarded-connector.ts';
import { createGuardedProbe, type GuardedProbe } from './guarded-probe.ts';
import type { HostLookup } from './host-lookup.ts';
import { connectionLifetimeMs, headerBytesMax, keepAliveMs } from './limits.ts';
import { OutboundFailure } from './outbound-failure.ts';
import type { OutboundPolicy } from './outbound-policy.ts';
import type { OutboundProxy } from './outbound-proxy.ts';
import type { OutboundResponse, OutboundRequest } from './outbound-request.ts';
import { receive } from './receive-answer.ts';
import { createTrust } from './trust.ts';

/**
 * Sends a request to an address that a tenant typed. Nothing else dials such an address.
 *
 * @throws {@link OutboundFailure} with the step and the host, and with nothing of the body. A caller who may choose the
 *   URL must not learn the difference between `address_refused`, `dns_failed`, `connect_failed`, `proxy_failed` and
 *   `timeout`, which would map the operator's network.
 */
export interface GuardedFetch {
  (request: OutboundRequest): Promise<OutboundResponse>;
}

/**
 * Creates the guarded fetch on undici's dispatcher: keep-alive connections per web origin, no pipelining, no redirects,
 * no cookies, no content encoding, no proxy from the environment.
 */
export function createGuardedFetch(deps: {
  readonly policy: OutboundPolicy;
  readonly lookup: HostLookup;
  readonly clock: Clock;
  /** Additional CA certificates in PEM that the operator trusts. */
  readonly certificates?: readonly string[];
  /** The operator's proxy. Proxy variables of the environment are ignored. */
  readonly proxy?: OutboundProxy | undefined;
}): GuardedFetch & { readonly probe: GuardedProbe; close(): Promise<void> } {
  const bulkhead = createBulkhead();
  const breaker = createCircuitBreaker(deps.clock);
  const { policy, lookup, proxy } = deps;
  const connectorDeps = { policy, lookup, proxy, trust: createTrust(deps.certificates ?? []) };
  const agent = new Agent({
    factory: (origin, options) =>
      // oxlint-disable-next-line typescript/no-misused-spread -- undici calls the type of these plain options Object
      new Pool(origin, { ...options, connect: createGuardedConnector(new URL(origin), connectorDeps) }),
    ...connections,
    clientTtl: connectionLifetimeMs,
  });

  const fetch: GuardedFetch = async (request) => {
    const verdict = policy.checkUrl(request.url);
    if (!verdict.ok) {
      const { step } = request;
      throw new OutboundFailure('url_refused', { step, host: hostOf(request.url), reason: verdict.reason });
    }
    const { url } = verdict;
    const allowed = { ...request, url };
    // Checked before waiting for a slot too, so that a rejected call does not wait.
    breaker.requireClosed(allowed);
    await bulkhead.enter(request.bulkhead);
    try {
      return await breaker.run(allowed, () => receive(agent, url, allowed));
    } finally {
      bulkhead.leave(request.bulkhead);
    }
  };
  const probe = createGuardedProbe({ ...connectorDeps, bulkhead, connections });
  return Object.assign(fetch, { probe, close: () => agent.destroy() });
}

const connections = {
  pipelining: 1,
  allowH2: false,
  maxHeaderSize: headerBytesMax,
  keepAliveTimeout: keepAliveMs,
  keepAliveMaxTimeout: connectionLifetimeMs,
} as const;

function hostOf(url: URL | string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
