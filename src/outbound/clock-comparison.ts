import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { clockHostsMin, clockSampleMsMax, clockSamplesMax } from './limits.ts';
import type { Answer } from './outbound-request.ts';

/** How far our clock is from those of the providers. */
export interface ClockDifference {
  /** Positive when theirs are ahead of ours. */
  readonly differenceMs: number;
  /** How many hosts told the time. */
  readonly hosts: number;
}

/** Compares our clock with the `Date` of providers' answers (RFC 9110, section 6.6.1). */
export interface ClockComparison {
  /** The same fetch, of whose answers the dates are noted. */
  observing(fetch: GuardedFetch): GuardedFetch;
  /** The median over hosts; `undefined` when fewer than `clockHostsMin` told the time lately. */
  read(): ClockDifference | undefined;
}

interface Sample {
  readonly host: string;
  readonly atMs: number;
  readonly differenceMs: number;
}

/**
 * One organization has one vote, its latest answer, and one host has one vote, the median of those: an organization
 * cannot move the result with many hosts, nor a provider with many organizations. Of three votes one decides nothing.
 */
export function createClockComparison(clock: Clock): ClockComparison {
  const samples = createBoundedMap<Sample>(clockSamplesMax);

  function note(bulkhead: string, host: string, { headers }: Answer): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const atMs = clock.nowMs();
    // What a cache kept is dated when it was made (RFC 9111, section 5.1).
    const age = /^\d{1,9}$/.test(headers.get('age') ?? '') ? Number(headers.get('age')) * 1000 : 0;
    samples.set(bulkhead, { host, atMs, differenceMs: date + age - atMs });
  }

  return {
    observing: (fetch) => async (request) => {
      const answer = await fetch(request);
      note(request.bulkhead, new URL(request.url).host, answer);
      return answer;
    },
    read: () => {
      const nowMs = clock.nowMs();
      const recent = [...samples.values()].filter(({ atMs }) => nowMs - atMs <= clockSampleMsMax);
      const ofHosts = Map.groupBy(recent, ({ host }) => host);
      if (ofHosts.size < clockHostsMin) return undefined;
      const votes = [...ofHosts.values()].map((ofHost) => median(ofHost.map(({ differenceMs }) => differenceMs)));
      return { differenceMs: median(votes), hosts: ofHosts.size };
    },
  };
}

// Of an even number the smaller in size of the two in the middle, so that doubt raises nothing.
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
}
