import {
  matches,
  parseAddress,
  parseRange,
  unwrapAddress,
  type AddressRange,
  type IpAddress,
} from './address-class.ts';

/** An entry of the operator's list: a host or an address, on one port or on any; or a range of addresses. */
export type OutboundEntry =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | 'any' }
  | { readonly kind: 'range'; readonly range: AddressRange };

export type OutboundAllow =
  | { ok: true; entries: readonly OutboundEntry[] }
  | { ok: false; faults: readonly OutboundFault[] };

/** An invalid entry of the operator's list, with the reason. */
export interface OutboundFault {
  readonly item: string;
  readonly reason: 'not_an_entry' | 'port';
}

/**
 * Parses the operator's list: hosts, `host:port`s and CIDRs, separated by commas. IPv6 addresses with a port are in
 * brackets, as in a URL. All faults are reported at once.
 */
export function parseOutboundAllow(text: string): OutboundAllow {
  const entries: OutboundEntry[] = [];
  const faults: OutboundFault[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item !== '') {
      const entry = parseEntry(item);
      if (typeof entry === 'string') {
        faults.push({ item, reason: entry });
      } else {
        entries.push(entry);
      }
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, entries };
}

/** Whether a list contains a host and port. */
export function listsTarget(
  entries: readonly OutboundEntry[],
  target: { readonly host: string; readonly port: number },
): boolean {
  return entries.some(
    (entry) =>
      entry.kind === 'host' && entry.host === target.host && (entry.port === 'any' || entry.port === target.port),
  );
}

/** Whether an address, or the address inside it, is in a range of a list. */
export function listsAddress(entries: readonly OutboundEntry[], address: IpAddress): boolean {
  const inner = unwrapAddress(address);
  return entries.some(
    (entry) => entry.kind === 'range' && (matches(address, entry.range) || matches(inner, entry.range)),
  );
}

function parseEntry(item: string): OutboundEntry | 'not_an_entry' | 'port' {
  const range = parseRange(item);
  if (range !== undefined) {
    return { kind: 'range', range };
  }
  if (item.includes('/')) {
    return 'not_an_entry';
  }
  const bare = parseAddress(item)?.kind() === 'ipv6' ? `[${item}]` : item;
  const [, hostText = '', portText] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(bare) ?? [];
  const host = canonicalHost(hostText);
  if (host === undefined) {
    return 'not_an_entry';
  }
  if (portText === undefined) {
    return { kind: 'host', host, port: 'any' };
  }
  const port = Number(portText);
  return portText !== '' && port >= 1 && port <= 65_535 ? { kind: 'host', host, port } : 'port';
}

// The URL parser normalises a host here as it does for the comparison, without brackets or a trailing dot.
function canonicalHost(text: string): string | undefined {
  if (text === '' || /[\s\\/@?#%*\u0000-\u001f]/u.test(text) || !URL.canParse(`https://${text}/`)) {
    return undefined;
  }
  return new URL(`https://${text}/`).hostname.replace(/^\[|\]$|\.$/g, '');
}
