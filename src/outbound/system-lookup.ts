import { lookup as systemLookup } from 'node:dns/promises';

import { lookupMsMax, systemLookupsMax } from './limits.ts';
import type { HostLookup } from './host-lookup.ts';

interface Waiting {
  readonly domain: string;
  readonly begin: () => void;
}

/**
 * Queries the operating system for names that only it knows. `getaddrinfo` occupies a thread of libuv's pool until the
 * last DNS server answered, and all sign-ins need that pool. So up to `systemLookupsMax` run at a time, one per domain:
 * a tenant with hanging DNS occupies one thread, whatever names it invents. Others wait in turn, up to `lookupMsMax`.
 */
export function createSystemLookup(ask: HostLookup = async (host) => systemLookup(host, { all: true })): HostLookup {
  const running = new Set<string>();
  const waiting = new Set<Waiting>();

  const mayRun = (domain: string) => running.size < systemLookupsMax && !running.has(domain);
  const turnOf = (domain: string): Promise<void> => {
    if (mayRun(domain)) {
      running.add(domain);
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = {
      domain,
      begin: () => {
        clearTimeout(timer);
        waiting.delete(entry);
        running.add(domain);
        resolve();
      },
    };
    const timer = setTimeout(() => {
      waiting.delete(entry);
      reject(Object.assign(new Error('no turn to ask the operating system in time'), { code: 'ETIMEOUT' }));
    }, lookupMsMax);
    waiting.add(entry);
    return promise;
  };
  const finish = (domain: string) => {
    running.delete(domain);
    for (const entry of waiting) if (mayRun(entry.domain)) entry.begin();
  };

  return async (host) => {
    const domain = host.split('.').slice(-2).join('.');
    await turnOf(domain);
    try {
      return await ask(host);
    } finally {
      finish(domain);
    }
  };
}
