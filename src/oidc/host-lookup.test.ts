import { expect, it, vi } from 'vitest';

import { fixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { createHostLookup, rememberLookups, type HostLookup } from './host-lookup.ts';
import { lookupCacheCountMax, lookupCacheMs } from './limits.ts';

const loopback = [{ address: '127.0.0.1', family: 4 }];

it('finds a name that the operating system knows', async () => {
  const addresses = await createHostLookup(fixedClock())('localhost');
  expect(addresses.every(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true);
  expect(addresses.length).toBeGreaterThan(0);
});

it('asks once for many at the same time, and again when the answer is old', async () => {
  const clock = fixedClock();
  const ask = vi.fn<HostLookup>(() => Promise.resolve(loopback));
  const lookup = rememberLookups(clock, ask);
  await Promise.all([lookup('idp.example'), lookup('idp.example'), lookup('idp.example')]);
  expect(ask).toHaveBeenCalledTimes(1);
  clock.advance(lookupCacheMs);
  await lookup('idp.example');
  expect(ask).toHaveBeenCalledTimes(2);
});

it('does not remember that a name was not found', async () => {
  const ask = vi.fn<HostLookup>(() => Promise.reject(new Error('ENOTFOUND')));
  const lookup = rememberLookups(fixedClock(), ask);
  await expect(lookup('idp.example')).rejects.toThrow();
  ask.mockResolvedValue(loopback);
  expect(await lookup('idp.example')).toEqual(loopback);
});

it('remembers so many names and forgets the oldest', async () => {
  const ask = vi.fn<HostLookup>(() => Promise.resolve(loopback));
  const lookup = rememberLookups(fixedClock(), ask);
  for (let index = 0; index <= lookupCacheCountMax; index += 1) {
    await lookup(`idp-${index}.example`);
  }
  ask.mockClear();
  await lookup(`idp-${lookupCacheCountMax}.example`);
  expect(ask).not.toHaveBeenCalled();
  await lookup('idp-0.example');
  expect(ask).toHaveBeenCalledTimes(1);
});
