import { Resolver } from 'node:dns/promises';

import { dnsLookupMsMax, dnsTimeoutMs, dnsTries, txtRecordsMax } from './limits.ts';

/** The result of a DNS query for the TXT records of a name. */
export type TxtAnswer =
  | { readonly kind: 'records'; readonly values: readonly string[] }
  /** The name, or a TXT record of that name, does not exist: a definite answer. */
  | { readonly kind: 'none' }
  /** The name is an alias (CNAME), so the owner of the target wrote the records. */
  | { readonly kind: 'alias' }
  /** No answer, or one that decides nothing. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Queries the TXT records of a name. Never rejects. */
export type TxtLookup = (name: string) => Promise<TxtAnswer>;

interface DnsOptions {
  /** The addresses of the DNS servers; empty for those of this machine. */
  readonly servers: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Queries DNS. Each lookup has its own resolver: it ends at its deadline, and c-ares caches nothing between lookups, so
 * a removed record is missing at once.
 *
 * A name that is an alias does not verify. Otherwise, a domain with a wildcard to another party's host (`*.acme.example
 * CNAME shop.example`) could be verified by the owner of that host.
 */
export function createTxtLookup({ servers, timeoutMs = dnsTimeoutMs }: DnsOptions): TxtLookup {
  return async (name) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: dnsTries });
    if (servers.length > 0) resolver.setServers(servers);
    const deadline = setTimeout(() => resolver.cancel(), dnsLookupMsMax);
    try {
      // The final dot disables the machine's search list.
      return await ask(resolver, `${name}.`);
    } finally {
      clearTimeout(deadline);
    }
  };
}

async function ask(resolver: Resolver, name: string): Promise<TxtAnswer> {
  let records: string[][];
  try {
    records = await resolver.resolveTxt(name);
  } catch (thrown) {
    return nothingOrUnclear(thrown);
  }
  const alias = await findAlias(resolver, name);
  if (alias.kind !== 'none') return alias;
  // A TXT record consists of strings of up to 255 bytes, which are concatenated (RFC 7208, 3.3).
  return { kind: 'records', values: records.slice(0, txtRecordsMax).map((strings) => strings.join('')) };
}

async function findAlias(resolver: Resolver, name: string): Promise<TxtAnswer> {
  try {
    return (await resolver.resolveCname(name)).length > 0 ? { kind: 'alias' } : { kind: 'none' };
  } catch (thrown) {
    return nothingOrUnclear(thrown);
  }
}

function nothingOrUnclear(thrown: unknown): TxtAnswer {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'none' } : { kind: 'unclear', reason: code };
}
