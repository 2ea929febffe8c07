import ipaddr from 'ipaddr.js';

/** One address or range (CIDR, RFC 4632 and RFC 4291, section 2.3), as it is stored and sent. */
export interface TrustedIp {
  readonly ipAddress: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/**
 * The stored spelling of a range that a caller gave, or `undefined` when it is none. Octal, hexadecimal and shortened
 * IPv4 spellings are refused: what one reader takes for another address must not decide who is let in.
 */
export function normaliseTrustedIp(text: string): string | undefined {
  const range = parseRange(text);
  if (range === undefined) return undefined;
  const [address, prefixLength] = range;
  return text.includes('/') ? `${address.toString()}/${prefixLength}` : address.toString();
}

/** Whether an address lies in one of the ranges of a stored list. An unreadable address lies in none. */
export function isTrustedAddress(storedRanges: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` turns the IPv4-mapped form, which a dual-stack socket shows, into the IPv4 address that was meant.
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
/** An IPv4-mapped range begins after these bits of its IPv6 form (RFC 4291, section 2.5.5.2). */
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
