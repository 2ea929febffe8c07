import { describe, expect, it } from 'vitest';

import { isTrustedAddress, normaliseTrustedIp } from './trusted-ips.ts';

const stored = (...ranges: string[]) => JSON.stringify(ranges.map((ipAddress) => ({ ipAddress })));

describe('a trusted IP range', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ])('%s is stored as %s', (given, kept) => {
    expect(normaliseTrustedIp(given)).toBe(kept);
  });

  it.each([
    '',
    'localhost',
    '010.0.0.1',
    '0x7f.0.0.1',
    '10.1',
    '3221225985',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::/129',
    'fe80::1%eth0',
    '*',
  ])('rejects %j', (given) => {
    expect(normaliseTrustedIp(given)).toBeUndefined();
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.3.7', ['192.0.2.0/24'], false],
    ['192.0.3.7', ['192.0.2.0/24', '192.0.3.7'], true],
    ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.2.7', ['::/0'], false],
    ['2001:db8::7', ['0.0.0.0/0'], false],
    ['2001:db8::7', ['2001:db8::/32'], true],
    ['192.0.2.7', [], false],
    ['', ['0.0.0.0/0', '::/0'], false],
  ])('%s in %j: %s', (address, ranges, trusted) => {
    expect(isTrustedAddress(stored(...ranges), address)).toBe(trusted);
  });
});
