import ipaddr from 'ipaddr.js';

/** The networks that count as one client, from the narrowest to the widest. */
export interface ClientNetworks {
  /** An IPv4 address, or the /64 of an IPv6 address. */
  readonly narrowest: string;
  /** The same IPv4 address, or the /56 and the /48 of an IPv6 address. */
  readonly wider: readonly string[];
  /** The IPv4 address, or the /48 of the IPv6 address. */
  readonly widest: string;
}

/** A customer gets at least a /64, usually a /56, and at most a /48 (RFC 6177). */
const widerPrefixes = [56, 48];

/** The networks of a client IP address, in canonical form. */
export function networksOf(address: string): ClientNetworks {
  const parsed = address.includes(':') && ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
  if (!(parsed instanceof ipaddr.IPv6)) {
    const only = parsed?.toString() ?? address;
    return { narrowest: only, wider: [], widest: only };
  }
  const bytes = parsed.toByteArray();
  const prefix = (bits: number) => `${Buffer.from(bytes.slice(0, bits / 8)).toString('hex')}/${bits}`;
  const wider = widerPrefixes.map(prefix);
  return { narrowest: prefix(64), wider, widest: wider.at(-1) ?? prefix(64) };
}
