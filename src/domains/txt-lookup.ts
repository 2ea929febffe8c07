import { Resolver } from 'node:dns/promises';

import { dnsLookupMsMax, dnsTimeoutMs, dnsTries, txtRecordsMax } from './limits.ts';

/** What DNS says of the TXT records of a name. */
export type TxtAnswer =
  | { readonly kind: 'records'; readonly values: readonly string[] }
  /** The name, or a TXT record of that name, does not exist: a definite answer. */
  | { readonly kind: 'none' }
  /** The name stands for another one (CNAME), so whoever holds that one wrote the records. */
  | { readonly kind: 'alias' }
  /** No answer, or one that decides nothing: the next may say anything. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Asks for the TXT records of a name. Never rejects. */
export type TxtLookup = (name: string) => Promise<TxtAnswer>;

interface DnsOptions {
  /** Addresses of the servers to ask; none for those of this machine. */
  readonly servers: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Asks DNS. Each look-up has a resolver of its own: it ends by itself at its deadline, and c-ares keeps no answer from
 * one look-up to the next, so a record that was removed is missed at once.
 *
 * A name that is an alias is no proof. A domain whose wildcard points to a host of somebody else's (`*.acme.example
 * CNAME shop.example`) would otherwise be proved by that host's holder.
 */
export function createTxtLookup({ servers, timeoutMs = dnsTimeoutMs }: DnsOptions): TxtLookup {
  return async (name) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: dnsTries });
    if (servers.length > 0) resolver.setServers(servers);
    const deadline = setTimeout(() => resolver.cancel(), dnsLookupMsMax);
    try {
      // The final dot keeps the machine's search list out of it.
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
  // A TXT record is a row of strings of at most 255 bytes; what they say is what they say together (RFC 7208, 3.3).
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
