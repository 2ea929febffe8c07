import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { clockHostsMin, clockSampleMsMax, clockSamplesMax } from './limits.ts';
import type { OutboundResponse } from './outbound-request.ts';

/** The difference between the server's clock and the providers' clocks. */
export interface ClockDifference {
  /** Positive if the providers' clocks are ahead. */
  readonly differenceMs: number;
  /** The number of hosts with a sample. */
  readonly hosts: number;
}

/** Compares the server's clock with the `Date` of providers' responses (RFC 9110, section 6.6.1). */
export interface ClockComparison {
  /** Wraps a fetch to record the dates of its responses. */
  observing(fetch: GuardedFetch): GuardedFetch;
  /** The median over hosts; `undefined` if fewer than `clockHostsMin` have a recent sample. */
  read(): ClockDifference | undefined;
}

interface Sample {
  readonly host: string;
  readonly atMs: number;
  readonly differenceMs: number;
}

/**
 * An organization has one vote, its latest response, and a host has one vote, the median of its organizations' votes.
 * So neither an organization with many hosts nor a provider with many organizations decides the result. One of three
 * votes decides nothing.
 */
export function createClockComparison(clock: Clock): ClockComparison {
  const samples = createBoundedMap<Sample>(clockSamplesMax);

  function note(bulkhead: string, host: string, { headers }: OutboundResponse): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const atMs = clock.nowMs();
    // A cached response has the date of its creation (RFC 9111, section 5.1).
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

// Of an even number, the smaller of the two middle values, so that uncertainty causes no warning.
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
}
