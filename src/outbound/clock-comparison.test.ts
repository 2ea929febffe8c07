import { beforeEach, describe, expect, it, vi } from 'vitest';

import { fixedClock, type FixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { silentLogger } from '../kernel/logger.ts';
import { createClockComparison, type ClockComparison } from './clock-comparison.ts';
import { clockDifferenceMsMax, clockHostsMin, clockSampleMsMax, clockSamplesMax } from './limits.ts';
import { warnOfClock } from './warn-of-clock.ts';

let clock: FixedClock;
let clocks: ClockComparison;
beforeEach(() => {
  clock = fixedClock();
  clocks = createClockComparison(clock);
});

/** A response to an organization's call, from a host whose clock is a number of seconds ahead. */
async function answer(
  organization: string,
  host: string,
  { ahead = 0, headers }: { ahead?: number; headers?: Record<string, string> } = {},
): Promise<void> {
  const date = new Date(clock.nowMs() + ahead * 1000).toUTCString();
  const received = { status: 200, headers: new Map(Object.entries(headers ?? { date })), body: Buffer.alloc(0) };
  const fetch = clocks.observing(() => Promise.resolve(received));
  const limits = { bytesMax: 1, totalMs: 1 };
  expect(await fetch({ url: `https://${host}/x`, step: 'discovery', bulkhead: organization, limits })).toBe(received);
}

const secondsApart = () => {
  const difference = clocks.read();
  return difference === undefined ? undefined : difference.differenceMs / 1000;
};

describe("H084: the server's clock compared with the providers' clocks", () => {
  it('needs times from enough hosts', async () => {
    for (let host = 1; host < clockHostsMin; host += 1) {
      await answer(`org-${host}`, `idp-${host}.example`, { ahead: 600 });
      expect(secondsApart()).toBeUndefined();
    }
    await answer(`org-${clockHostsMin}`, `idp-${clockHostsMin}.example`, { ahead: 600 });
    expect(clocks.read()).toEqual({ differenceMs: 600_000, hosts: clockHostsMin });
  });

  it('is not affected by one lying provider, nor by one organization with many hosts', async () => {
    for (const host of [1, 2, 3]) await answer(`org-${host}`, `idp-${host}.example`, { ahead: host });
    for (let host = 0; host < 50; host += 1) await answer('mallory', `evil-${host}.example`, { ahead: 86_400 });
    expect(secondsApart()).toBe(2);
  });

  it('is not affected by one host that serves most organizations', async () => {
    for (let org = 0; org < 40; org += 1) await answer(`org-${org}`, 'shared.example', { ahead: 600 });
    for (const host of [1, 2, 3]) await answer(`own-${host}`, `idp-${host}.example`, { ahead: -1 });
    expect(secondsApart()).toBe(-1);
  });

  it('uses the smaller difference if two halves disagree', async () => {
    for (const host of [1, 2]) await answer(`org-${host}`, `idp-${host}.example`);
    for (const host of [3, 4]) await answer(`org-${host}`, `idp-${host}.example`, { ahead: 600 });
    expect(secondsApart()).toBe(0);
  });

  it('adds the age of a cached response', async () => {
    for (const host of [1, 2, 3]) {
      const date = new Date(clock.nowMs() - 3_000_000).toUTCString();
      await answer(`org-${host}`, `idp-${host}.example`, { headers: { date, age: '3000' } });
    }
    expect(secondsApart()).toBe(0);
  });

  it.each([{}, { date: '' }, { date: 'yesterday' }, { date: '0' }])('reads no time from %j', async (headers) => {
    for (const host of [1, 2]) await answer(`org-${host}`, `idp-${host}.example`);
    await answer('org-3', 'idp-3.example', { headers: headers.date === '0' ? { date: 'NaN' } : headers });
    expect(secondsApart()).toBeUndefined();
  });

  it('drops old samples and keeps a limited number of organizations', async () => {
    for (const host of [1, 2, 3]) await answer(`org-${host}`, `idp-${host}.example`, { ahead: 5 });
    clock.advance(clockSampleMsMax);
    expect(secondsApart()).toBe(5);
    clock.advance(1);
    expect(secondsApart()).toBeUndefined();
    for (let org = 0; org <= clockSamplesMax; org += 1) await answer(`new-${org}`, `new-${org}.example`);
    expect(clocks.read()?.hosts).toBe(clockSamplesMax);
  });

  it.each([
    [clockDifferenceMsMax / 1000 - 1, []],
    [clockDifferenceMsMax / 1000, [{ seconds: 60, clock: 'behind', hosts: 3 }]],
    [-600, [{ seconds: 600, clock: 'ahead', hosts: 3 }]],
  ])('warns the operator if the others are %i seconds ahead: %j', async (ahead, expected) => {
    const warn = vi.fn<(fields: object, message: string) => void>();
    warnOfClock(clocks, { ...silentLogger, warn });
    for (const host of [1, 2, 3]) await answer(`org-${host}`, `idp-${host}.example`, { ahead });
    warnOfClock(clocks, { ...silentLogger, warn });
    expect(warn.mock.calls.map(([fields]) => fields)).toEqual(expected);
  });
});
