import { expect, it } from 'vitest';

import { clientKey } from './rate-limits.ts';

it('H238: an IPv6 client is its /64, an IPv4 client its address in either spelling', () => {
  const home = clientKey('2001:db8:1:2::1');
  expect(clientKey('2001:0DB8:1:2:ffff:ffff:ffff:ffff')).toBe(home);
  expect(clientKey('2001:db8:1:3::1')).not.toBe(home);
  expect(clientKey('::ffff:192.0.2.1')).toBe(clientKey('192.0.2.1'));
  expect(clientKey('::ffff:192.0.2.2')).not.toBe(clientKey('192.0.2.1'));
});
