import { Resolver } from 'node:dns/promises';

import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { lookupCacheCountMax, lookupCacheMs, lookupMsMax } from './limits.ts';
import { createSystemLookup } from './system-lookup.ts';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name, at least one; rejects if it has no address. */
export type HostLookup = (host: string) => Promise<readonly HostAddress[]>;

/**
 * Queries DNS without occupying a thread, and the operating system for names that only it knows (its hosts file).
 *
 * `getaddrinfo` occupies one of the few threads of libuv's pool until the name's server answers, so a tenant with
 * hanging DNS would delay all lookups. c-ares waits on the event loop. The operating system is queried only after DNS
 * has answered that the name does not exist. Without `servers`, those of this machine are used.
 */
export function createHostLookup(clock: Clock, servers: readonly string[] = []): HostLookup {
  const resolver = new Resolver({ timeout: lookupMsMax, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const askSystem = createSystemLookup();
  return rememberLookups(clock, (host) => resolve(host, resolver, askSystem));
}

/** Shares an answer for `lookupCacheMs`, and a query among concurrent callers. */
export function rememberLookups(clock: Clock, ask: HostLookup): HostLookup {
  const answers = createBoundedMap<{ until: number; addresses: Promise<readonly HostAddress[]> }>(lookupCacheCountMax);
  return (host) => {
    const known = answers.get(host);
    if (known !== undefined && clock.nowMs() < known.until) {
      return known.addresses;
    }
    const answer = { until: clock.nowMs() + lookupCacheMs, addresses: ask(host) };
    answer.addresses.catch(() => {
      if (answers.get(host) === answer) {
        answers.delete(host);
      }
    });
    answers.set(host, answer);
    return answer.addresses;
  };
}

async function resolve(host: string, resolver: Resolver, askSystem: HostLookup): Promise<readonly HostAddress[]> {
  const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = [
    ...(ipv4.status === 'fulfilled' ? ipv4.value.map((address) => ({ address, family: 4 })) : []),
    ...(ipv6.status === 'fulfilled' ? ipv6.value.map((address) => ({ address, family: 6 })) : []),
  ];
  if (addresses.length > 0) {
    return addresses;
  }
  const failures = [ipv4, ipv6].flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  if (failures.every(saysThereIsNothing)) {
    return askSystem(host);
  }
  throw failures[0];
}

function saysThereIsNothing(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && (failure.code === 'ENOTFOUND' || failure.code === 'ENODATA');
}
