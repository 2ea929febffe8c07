import type { SecureContext } from 'node:tls';

import { buildConnector } from 'undici';

import { appError } from '../contract/errors.ts';
import type { HostAddress, HostLookup } from './host-lookup.ts';
import { connectMsMax } from './limits.ts';
import { dialTarget, type DialTarget, type OutboundPolicy } from './outbound-policy.ts';

/** What Node's sockets call to resolve a name (the shape of `dns.lookup` with `all`). */
type SocketLookup = (
  host: string,
  options: object,
  callback: (error: Error | null, addresses: HostAddress[]) => void,
) => void;

/**
 * Opens the connections to one origin. A name is resolved once, every address of the answer must pass the policy, and
 * the socket dials exactly those: nothing is resolved again between check and dial, so DNS rebinding finds no gap.
 * Certificates are always verified, whatever the environment says.
 */
export function createGuardedConnector(
  origin: URL,
  deps: { readonly policy: OutboundPolicy; readonly lookup: HostLookup; readonly trust: SecureContext },
): buildConnector.connector {
  const target = dialTarget(origin);
  const lookup: SocketLookup = (_host, _options, callback) => {
    resolveChecked(target, deps).then(
      (addresses) => callback(null, addresses),
      (error: unknown) => callback(error instanceof Error ? error : new Error('look-up failed'), []),
    );
  };
  return buildConnector({
    allowH2: false,
    timeout: connectMsMax,
    rejectUnauthorized: true,
    autoSelectFamily: true,
    secureContext: deps.trust,
    lookup,
  });
}

async function resolveChecked(
  target: DialTarget,
  { policy, lookup }: { readonly policy: OutboundPolicy; readonly lookup: HostLookup },
): Promise<HostAddress[]> {
  const addresses = await lookup(target.host);
  const refused = addresses.find(({ address }) => policy.checkAddress(address, target) === 'refused');
  if (refused !== undefined) {
    throw appError('idp_address_refused', { meta: { host: target.host, address: refused.address } });
  }
  return [...addresses];
}
