import { isKnownError } from '../../contract/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import {
  failurePauseMs,
  failurePauseMsMax,
  forcedRefreshPauseMs,
  freshFloorMs,
  freshMs,
  staleMsMax,
} from '../limits.ts';

/** A fetched value, and for how long the sender allows to cache it. */
export interface Fetched<Value> {
  readonly value: Value;
  readonly maxAgeMs: number | undefined;
}

/** A value of a provider that is fetched on demand and cached. */
export interface CachedValue<Value> {
  /** Returns the value, and fetches it if none is cached. Rejects as the fetch does. */
  read(): Promise<Value>;
  /** Whether {@link read} would return without waiting for a fetch. */
  isCached(): boolean;
  /**
   * Fetches even if the value is fresh, at most once per `forcedRefreshPauseMs`. Resolves to the current value, which
   * is the old one within that pause. Rejects as the fetch does.
   */
  refresh(): Promise<Value>;
}

interface CacheDeps<Value> {
  /** Fetches and checks the value. It gets the last good value. If it rejects, that value stays. */
  readonly fetch: (previous: Value | undefined) => Promise<Fetched<Value>>;
  readonly clock: Clock;
  readonly random: Random;
  /** Called with failures that no caller sees, because the old value was used. */
  readonly onStale: (error: unknown) => void;
}

/**
 * Caches a value. While fresh, the value is returned as it is. When stale, it is returned and fetched in the
 * background. When too old or absent, it is fetched first. Concurrent callers share one fetch. After a failure there is
 * a pause, so that a provider that is down does not get a request for each sign-in.
 */
export function cacheValue<Value>(deps: CacheDeps<Value>): CachedValue<Value> {
  let good: { readonly value: Value; readonly fetchedAt: number; readonly freshUntil: number } | undefined;
  let failure: { readonly error: unknown; readonly until: number; readonly pauseMs: number } | undefined;
  let underWay: Promise<Value> | undefined;
  let forcedAt = Number.NEGATIVE_INFINITY;

  function fetchOnce(): Promise<Value> {
    underWay ??= load().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  async function load(): Promise<Value> {
    try {
      const { value, maxAgeMs } = await deps.fetch(good?.value);
      const now = deps.clock.nowMs();
      good = { value, fetchedAt: now, freshUntil: now + freshFor(maxAgeMs, deps.random) };
      failure = undefined;
      return value;
    } catch (error) {
      // A failure of this server's database says nothing about the provider, so the next sign-in tries again at once.
      if (isKnownError(error) && error.code === 'storage_unavailable') throw error;
      const pauseMs = Math.min((failure?.pauseMs ?? failurePauseMs / 2) * 2, failurePauseMsMax);
      failure = { error, until: deps.clock.nowMs() + pauseMs, pauseMs };
      throw error;
    }
  }

  return {
    isCached: () => good !== undefined && deps.clock.nowMs() - good.fetchedAt <= staleMsMax,
    read: async () => {
      const now = deps.clock.nowMs();
      const isPausing = failure !== undefined && now < failure.until;
      if (good === undefined || now - good.fetchedAt > staleMsMax) {
        if (isPausing) {
          throw failure?.error;
        }
        return fetchOnce();
      }
      if (now >= good.freshUntil && !isPausing) {
        fetchOnce().catch(deps.onStale);
      }
      return good.value;
    },
    refresh: async () => {
      const now = deps.clock.nowMs();
      if (good !== undefined && underWay === undefined && now - forcedAt < forcedRefreshPauseMs) {
        return good.value;
      }
      forcedAt = underWay === undefined ? now : forcedAt;
      return fetchOnce();
    },
  };
}

// The random spread is a fifth in both directions, so that values fetched together are not fetched together again.
function freshFor(maxAgeMs: number | undefined, random: Random): number {
  const spread = 0.8 + (0.4 * (random.bytes(1)[0] ?? 0)) / 255;
  return Math.max(freshFloorMs, Math.min(maxAgeMs ?? freshMs, freshMs)) * spread;
}
