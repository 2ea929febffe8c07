import { expect, it } from 'vitest';

import { networksOf } from './client-networks.ts';

it('H238: counts an IPv6 client by its /64, and an IPv4 client by its address in either notation', () => {
  const of = (address: string) => networksOf(address).narrowest;
  const home = of('2001:db8:1:2::1');
  expect(of('2001:0DB8:1:2:ffff:ffff:ffff:ffff')).toBe(home);
  expect(of('2001:db8:1:3::1')).not.toBe(home);
  expect(of('::ffff:192.0.2.1')).toBe(of('192.0.2.1'));
  expect(of('::ffff:192.0.2.2')).not.toBe(of('192.0.2.1'));
});

it('counts an IPv6 client also by its /56 and its /48, and an IPv4 client by its address alone', () => {
  const of = networksOf('2001:db8:1:ab01::1');
  expect(networksOf('2001:db8:1:abff::1').wider).toEqual(of.wider);
  expect(networksOf('2001:db8:1:ff01::1').wider[0]).not.toBe(of.wider[0]);
  expect(networksOf('2001:db8:1:ff01::1').widest).toBe(of.widest);
  expect(networksOf('2001:db8:2:ab01::1').widest).not.toBe(of.widest);
  expect(networksOf('192.0.2.1')).toEqual({ narrowest: '192.0.2.1', wider: [], widest: '192.0.2.1' });
});
