import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { fixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { type PracticeDns, startPracticeDns } from '../../test/support/practice-dns.ts';
import { createHostLookup, rememberLookups, type HostLookup } from './host-lookup.ts';
import { connectionLifetimeMs, lookupCacheCountMax, lookupCacheMs, lookupMsMax } from './limits.ts';

const loopback = [{ address: '127.0.0.1', family: 4 }];

it('resolves a name that the operating system knows', async () => {
  const addresses = await createHostLookup(fixedClock())('localhost');
  expect(addresses.every(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true);
  expect(addresses.length).toBeGreaterThan(0);
});

it('queries once for concurrent callers, and again when the answer is old', async () => {
  const clock = fixedClock();
  const ask = vi.fn<HostLookup>(() => Promise.resolve(loopback));
  const lookup = rememberLookups(clock, ask);
  await Promise.all([lookup('idp.example'), lookup('idp.example'), lookup('idp.example')]);
  expect(ask).toHaveBeenCalledTimes(1);
  clock.advance(lookupCacheMs);
  await lookup('idp.example');
  expect(ask).toHaveBeenCalledTimes(2);
});

it('does not cache that a name was not found', async () => {
  const ask = vi.fn<HostLookup>(() => Promise.reject(new Error('ENOTFOUND')));
  const lookup = rememberLookups(fixedClock(), ask);
  await expect(lookup('idp.example')).rejects.toThrow();
  ask.mockResolvedValue(loopback);
  expect(await lookup('idp.example')).toEqual(loopback);
});

it('caches a limited number of names and drops the oldest', async () => {
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

describe('faulty DNS', () => {
  let dns: PracticeDns;
  beforeEach(async () => {
    dns = await startPracticeDns();
  });
  afterEach(() => dns.close());

  it.each(['failure', 'refused'] as const)('that answers %s fails at once and is queried again', async (trouble) => {
    const lookup = createHostLookup(fixedClock(), [dns.address]);
    dns.set('idp.example', trouble);
    await expect(lookup('idp.example')).rejects.toMatchObject({
      code: expect.stringMatching(/^E(?:SERVFAIL|REFUSED)$/),
    });
    dns.set('idp.example', { a: ['192.0.2.7'] });
    expect(await lookup('idp.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
  });

  it('that does not answer is given up at its limit and delays no other name', async () => {
    const lookup = createHostLookup(fixedClock(), [dns.address]);
    dns.set('silent.example', 'silence');
    dns.set('idp.example', { a: ['192.0.2.7'] });
    const startedAt = performance.now();
    const silent = lookup('silent.example').then(
      () => Number.NaN,
      () => performance.now() - startedAt,
    );
    await lookup('idp.example');
    const other = performance.now() - startedAt;
    const waited = await silent;
    expect(other).toBeLessThan(waited / 2);
    expect(waited).toBeLessThan(lookupMsMax * 2);
  });

  it('that changes an address takes effect within a minute, also for open connections', async () => {
    const clock = fixedClock();
    const lookup = createHostLookup(clock, [dns.address]);
    dns.set('idp.example', { a: ['192.0.2.7'] });
    await lookup('idp.example');
    dns.set('idp.example', { a: ['192.0.2.8'] });
    clock.advance(lookupCacheMs - 1);
    expect(await lookup('idp.example')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    clock.advance(1);
    expect(await lookup('idp.example')).toEqual([{ address: '192.0.2.8', family: 4 }]);
    expect(lookupCacheMs + connectionLifetimeMs).toBeLessThanOrEqual(60_000);
  });
});
