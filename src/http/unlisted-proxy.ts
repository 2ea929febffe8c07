import type { FastifyInstance } from 'fastify';
import ipaddr from 'ipaddr.js';

import type { Logger } from '../kernel/logger.ts';

/** IP ranges that no public client has (RFC 6890). */
const privateRanges: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);

/**
 * Logs one warning if a proxy is not listed in `SALLYPORT_TRUSTED_PROXIES`. All clients would then share the proxy's IP
 * address, and with it one rate limit and one lockout.
 *
 * Only a client with a private IP address counts as a proxy. A stranger with a public address who sends the header
 * causes no warning, and the value of the header is never logged.
 */
export function warnOfUnlistedProxy(app: FastifyInstance, logger: Logger, trustedProxies: readonly string[]): void {
  let hasWarned = false;
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request;
    const header = headers['x-forwarded-for'] === undefined ? 'Forwarded' : 'X-Forwarded-For';
    if (!hasWarned && (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) {
      const peer = request.socket.remoteAddress;
      if (peer !== undefined && isUnlistedProxy(peer, trustedProxies)) {
        hasWarned = true;
        logger.warn(
          { peer, header, setting: 'SALLYPORT_TRUSTED_PROXIES' },
          'a proxy in front is not listed: all clients count as one; add its address to SALLYPORT_TRUSTED_PROXIES',
        );
      }
    }
    done();
  });
}

function isUnlistedProxy(peer: string, trustedProxies: readonly string[]): boolean {
  if (!ipaddr.isValid(peer)) return false;
  const address = ipaddr.process(peer);
  return privateRanges.has(address.range()) && !trustedProxies.some((range) => isWithin(address, range));
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), undefined];
  if (network.kind() !== address.kind()) return false;
  return bits === undefined ? network.toString() === address.toString() : address.match(network, bits);
}
