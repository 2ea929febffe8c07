import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

import buildConnector from 'undici/lib/core/connect.js';

import { parseAddress } from './address-class.ts';
import type { HostAddress, HostLookup } from './host-lookup.ts';
import { connectMsMax, tunnelTriesMax } from './limits.ts';
import { listsAddress, listsTarget } from './outbound-allow.ts';
import { errorReason, OutboundFailure } from './outbound-failure.ts';
import { dialTarget, type DialTarget, type OutboundPolicy } from './outbound-policy.ts';
import { openTunnel, type OutboundProxy } from './outbound-proxy.ts';
import { socketLookup } from './socket-lookup.ts';

export interface ConnectorDeps {
  readonly policy: OutboundPolicy;
  readonly lookup: HostLookup;
  readonly trust: SecureContext;
  /** `undefined`: every connection is direct. */
  readonly proxy: OutboundProxy | undefined;
}

/**
 * Opens the connections to one web origin. A name is resolved once, every address must satisfy the policy, and the
 * socket dials exactly these addresses. Nothing is resolved again between check and dial, so DNS rebinding is
 * impossible. Certificates are always verified, whatever the environment says.
 */
export function createGuardedConnector(origin: URL, deps: ConnectorDeps): buildConnector.connector {
  const target = dialTarget(origin);
  const direct = buildConnector({
    allowH2: false,
    timeout: connectMsMax,
    rejectUnauthorized: true,
    autoSelectFamily: true,
    secureContext: deps.trust,
    lookup: socketLookup(() => resolveChecked(target, deps)),
  });
  const { proxy } = deps;
  return proxy === undefined ? direct : throughProxy(target, { ...deps, proxy }, direct);
}

async function resolveChecked(target: DialTarget, { policy, lookup }: ConnectorDeps): Promise<readonly HostAddress[]> {
  const addresses = await lookup(target.host).catch((cause: unknown) => {
    throw new OutboundFailure('dns_failed', { cause, ...(cause instanceof Error && { reason: errorReason(cause) }) });
  });
  return requireAllowed(addresses, target, policy);
}

function requireAllowed(
  addresses: readonly HostAddress[],
  target: DialTarget,
  policy: OutboundPolicy,
): readonly HostAddress[] {
  const refused = addresses.find(({ address }) => policy.checkAddress(address, target) === 'refused');
  if (refused !== undefined) {
    throw new OutboundFailure('address_refused', { host: target.host, address: refused.address });
  }
  return addresses;
}

type ProxiedDeps = ConnectorDeps & { readonly proxy: OutboundProxy };

// The tunnel replaces the TCP connection. TLS follows, with the name and the checks of a direct connection.
function throughProxy(
  target: DialTarget,
  deps: ProxiedDeps,
  direct: buildConnector.connector,
): buildConnector.connector {
  return (options, callback) => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), connectMsMax);
    const done: buildConnector.Callback = (...outcome) => {
      clearTimeout(timer);
      callback(...outcome);
    };
    Promise.race([findWay(target, deps, deadline.signal), failOn(deadline.signal)]).then(
      (way) => {
        if (way === 'direct') return direct(options, done);
        return options.protocol === 'https:' ? direct({ ...options, httpSocket: way }, done) : done(null, way);
      },
      (error: unknown) => done(error instanceof Error ? error : new Error('no tunnel'), null),
    );
  };
}

// A lookup cannot be cancelled, so its result is ignored.
function failOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new OutboundFailure('timeout', { reason: 'tunnel_deadline' }));
    signal.addEventListener('abort', fail, { once: true });
  });
}

async function findWay(target: DialTarget, deps: ProxiedDeps, signal: AbortSignal): Promise<Socket | 'direct'> {
  const { proxy, trust, lookup } = deps;
  const addresses = await addressesOf(target, deps);
  if (listsTarget(proxy.except, target) || (addresses.length > 0 && addresses.every(isExcepted(proxy)))) {
    return 'direct';
  }
  const byName = proxy.asksFor === 'name' || addresses.length === 0;
  const hosts = byName ? [target.host] : addresses.slice(0, tunnelTriesMax).map(({ address }) => address);
  const lookupProxy = (host: string) => socketLookup(() => lookup(host));
  for (const [index, host] of hosts.entries()) {
    try {
      return await openTunnel({ proxy, host, port: target.port, trust, lookup: lookupProxy, signal });
    } catch (thrown) {
      // A proxy that cannot reach one address may reach the next, as with happy eyeballs.
      if (index === hosts.length - 1 || !isGatewayFault(thrown) || signal.aborted) throw thrown;
    }
  }
  throw new OutboundFailure('dns_failed', { reason: 'no_address' });
}

const isExcepted =
  ({ except }: OutboundProxy) =>
  ({ address: text }: HostAddress): boolean => {
    const address = parseAddress(text);
    return address !== undefined && listsAddress(except, address);
  };

function isGatewayFault(thrown: unknown): boolean {
  return thrown instanceof OutboundFailure && Number(thrown.facts.proxyStatus) >= 500;
}

/** The checked addresses; none if only the proxy resolves the name and the policy allows that. */
async function addressesOf(target: DialTarget, deps: ProxiedDeps): Promise<readonly HostAddress[]> {
  const { proxy, policy, lookup } = deps;
  const literal = parseAddress(target.host);
  if (literal !== undefined) {
    return requireAllowed([{ address: target.host, family: literal.kind() === 'ipv4' ? 4 : 6 }], target, policy);
  }
  if (proxy.asksFor === 'address') return resolveChecked(target, deps);
  const addresses = await lookup(target.host).catch(() => []);
  if (addresses.length > 0) return requireAllowed(addresses, target, policy);
  if (policy.checkUnresolved(target) === 'allowed') return [];
  throw new OutboundFailure('address_refused', { host: target.host });
}
