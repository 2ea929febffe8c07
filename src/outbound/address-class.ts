import ipaddr from 'ipaddr.js';

/** An IP address as `ipaddr.js` parsed it. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The class of an address: `public`; `special` (private, loopback, link-local, multicast, reserved, documentation and
 * every other range in the IANA special-purpose registries, RFC 6890); or `metadata`, where a cloud returns its secrets
 * to any caller.
 */
export type AddressClass = 'public' | 'special' | 'metadata';

/** Parses an address in standard notation; `undefined` if it is invalid. */
export function parseAddress(text: string): IpAddress | undefined {
  if (ipaddr.IPv6.isValid(text)) return ipaddr.IPv6.parse(text);
  return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined;
}

/**
 * The address that packets finally reach: an IPv4 address inside an IPv6 address is extracted (IPv4-mapped, RFC 4291
 * section 2.5.5.2; IPv4-compatible, section 2.5.5.1; NAT64, RFC 6052 section 2.1). Any other address is returned
 * unchanged.
 */
export function unwrapAddress(address: IpAddress): IpAddress {
  return embeddedIpv4(address, [mapped, compatible, nat64]) ?? address;
}

/** Classifies an address, including the address inside a tunnel: an address that wraps a metadata address is one. */
export function classifyAddress(address: IpAddress): AddressClass {
  const inner = unwrapAddress(address);
  const reached = [inner, ...tunnelEnds(inner)];
  if (reached.some((end) => metadataRanges.some((range) => matches(end, range)))) {
    return 'metadata';
  }
  return isPublic(inner) ? 'public' : 'special';
}

/** Whether an address is in a range. Address families are never mixed. */
export function matches(address: IpAddress, range: AddressRange): boolean {
  const [base, bits] = range;
  if (address instanceof ipaddr.IPv4) {
    return base instanceof ipaddr.IPv4 && address.match(base, bits);
  }
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}

export type AddressRange = readonly [IpAddress, number];

/** Parses CIDR notation (RFC 4632, section 3.1); `undefined` if it is invalid. */
export function parseRange(text: string): AddressRange | undefined {
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

// Global unicast IPv6 is 2000::/3 only (RFC 4291, section 2.4). The rest is rejected although `range()` calls its
// unassigned parts unicast.
const globalUnicast = ipaddr.parseCIDR('2000::/3');

function isPublic(address: IpAddress): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || matches(address, globalUnicast));
}

const mapped = ipaddr.parseCIDR('::ffff:0:0/96');
const compatible = ipaddr.parseCIDR('::/96');
const nat64 = ipaddr.parseCIDR('64:ff9b::/96');

function embeddedIpv4(address: IpAddress, prefixes: readonly AddressRange[]): ipaddr.IPv4 | undefined {
  if (address instanceof ipaddr.IPv6 && prefixes.some((prefix) => matches(address, prefix))) {
    return new ipaddr.IPv4(address.toByteArray().slice(12));
  }
  return undefined;
}

const localNat64 = ipaddr.parseCIDR('64:ff9b:1::/48');
const sixToFour = ipaddr.parseCIDR('2002::/16');
const teredo = ipaddr.parseCIDR('2001::/32');

// The IPv4 ends of tunnels whose IPv6 address is special by itself: local NAT64 (RFC 8215), 6to4 (RFC 3056, section 2),
// Teredo's server and its client, whose bits are inverted (RFC 4380, section 4).
function tunnelEnds(address: IpAddress): ipaddr.IPv4[] {
  if (!(address instanceof ipaddr.IPv6)) {
    return [];
  }
  const bytes = address.toByteArray();
  if (matches(address, localNat64)) {
    return [new ipaddr.IPv4(bytes.slice(12))];
  }
  if (matches(address, sixToFour)) {
    return [new ipaddr.IPv4(bytes.slice(2, 6))];
  }
  if (matches(address, teredo)) {
    return [new ipaddr.IPv4(bytes.slice(4, 8)), new ipaddr.IPv4(bytes.slice(12).map((byte) => byte ^ 0xff))];
  }
  return [];
}

// The metadata addresses of AWS, Azure, Google, Oracle, Alibaba and Tencent, and all link-local IPv4 addresses (RFC
// 3927), because clouds put new services there. No operator setting allows these.
const metadataRanges: readonly AddressRange[] = [
  '169.254.0.0/16',
  '168.63.129.16/32',
  '192.0.0.192/32',
  '100.100.100.200/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fe80::a9fe:a9fe/128',
].map((range) => ipaddr.parseCIDR(range));
