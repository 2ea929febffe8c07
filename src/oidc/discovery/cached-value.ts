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

/** What was fetched, and for how long the sender says that it may be kept. */
export interface Fetched<Value> {
  readonly value: Value;
  readonly maxAgeMs: number | undefined;
}

/** One value of a provider that is fetched when needed and remembered. */
export interface CachedValue<Value> {
  /** The value, fetched if none is remembered. Rejects as the fetch does. */
  read(): Promise<Value>;
  /** Whether {@link read} would answer without waiting for a fetch. */
  isCached(): boolean;
  /**
   * Fetches anew although the value is fresh, at most once per `forcedRefreshPauseMs`. Resolves to what is then the
   * value, which is the old one when it is too early; rejects as the fetch does.
   */
  refresh(): Promise<Value>;
}

interface CacheDeps<Value> {
  /** Fetches and checks; is told the last good value. What it rejects never replaces that value. */
  readonly fetch: (previous: Value | undefined) => Promise<Fetched<Value>>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of failures that no caller sees, because the old value was used. */
  readonly onStale: (error: unknown) => void;
}

/**
 * Remembers a value: used as it is while fresh, used and fetched anew in the background while stale, and fetched first
 * when too old or absent. Callers that need a fetch at the same time share one. After a failure there is a pause, so that
 * a dead provider is not asked once per sign-in.
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
      // Our own database failed, which says nothing about the provider: the next sign-in tries again at once.
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

// Spread by a fifth either way, so that what was fetched together is not fetched together again.
function freshFor(maxAgeMs: number | undefined, random: Random): number {
  const spread = 0.8 + (0.4 * (random.bytes(1)[0] ?? 0)) / 255;
  return Math.max(freshFloorMs, Math.min(maxAgeMs ?? freshMs, freshMs)) * spread;
}
