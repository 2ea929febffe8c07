import ipaddr from 'ipaddr.js';

/** An address or range (CIDR, RFC 4632 and RFC 4291, section 2.3) as it is stored and sent. */
export interface TrustedIp {
  readonly ipAddress: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/**
 * The canonical form of a range, or `undefined` if it is invalid. Octal, hexadecimal and shortened IPv4 notations are
 * rejected, because parsers interpret them differently.
 */
export function normaliseTrustedIp(text: string): string | undefined {
  const range = parseRange(text);
  if (range === undefined) return undefined;
  const [address, prefixLength] = range;
  return text.includes('/') ? `${address.toString()}/${prefixLength}` : address.toString();
}

/** Whether an address is in one of the ranges of a stored list. An invalid address is in none. */
export function isTrustedAddress(storedRanges: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` converts the IPv4-mapped form of a dual-stack socket to the IPv4 address.
  const parsed = ipaddr.process(address);
  return parseTrustedIps(storedRanges).some(({ ipAddress }) => {
    const range = parseRange(ipAddress);
    return range !== undefined && range[0].kind() === parsed.kind() && parsed.match(range[0], range[1]);
  });
}

/** The stored list, as the API shows it. */
export function parseTrustedIps(stored: string): TrustedIp[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this folder alone writes the column, in this form
  return JSON.parse(stored) as TrustedIp[];
}

const ipv4Bits = 32;
const ipv6Bits = 128;
/** The prefix length of the IPv4-mapped range (RFC 4291, section 2.5.5.2). */
const mappedPrefixBits = 96;

function parseRange(text: string): Range | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return [ipaddr.IPv4.parse(text), ipv4Bits];
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return ipaddr.IPv4.parseCIDR(text);
  if (text.includes('%')) return undefined;
  if (ipaddr.IPv6.isValid(text)) return unmap([ipaddr.IPv6.parse(text), ipv6Bits]);
  return ipaddr.IPv6.isValidCIDR(text) ? unmap(ipaddr.IPv6.parseCIDR(text)) : undefined;
}

function unmap([address, prefixLength]: [ipaddr.IPv6, number]): Range {
  return address.isIPv4MappedAddress() && prefixLength >= mappedPrefixBits
    ? [address.toIPv4Address(), prefixLength - mappedPrefixBits]
    : [address, prefixLength];
}
