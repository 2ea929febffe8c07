import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';

import type { Clock } from '../kernel/clock.ts';

/** Clients that are counted at once; the one whose minute began first makes room. */
const clientsMax = 10_000;

interface Window {
  readonly startedAtMs: number;
  count: number;
}

/**
 * Makes the store of one server's counts. The limiter gives each route a child of its store, and its own kind of child
 * starts from nothing; here all routes share the counts, which the limiter's keys tell apart by class and client.
 */
export function createRateLimitStore(clock: Clock): FastifyRateLimitStoreCtor {
  const windows = new Map<string, Window>();

  function count(key: string, lengthMs: number): { current: number; ttl: number } {
    const nowMs = clock.nowMs();
    let window = windows.get(key);
    if (window === undefined || window.startedAtMs + lengthMs <= nowMs) {
      window = { startedAtMs: nowMs, count: 0 };
      // Added anew at the end, so that the map stays in the order in which the windows began.
      windows.delete(key);
      windows.set(key, window);
      if (windows.size > clientsMax) windows.delete(windows.keys().next().value ?? '');
    }
    window.count += 1;
    return { current: window.count, ttl: window.startedAtMs + lengthMs - nowMs };
  }

  // A class because the limiter calls a constructor.
  return class implements FastifyRateLimitStore {
    incr(key: string, done: Parameters<FastifyRateLimitStore['incr']>[1], lengthMs = 60_000): void {
      done(null, count(key, lengthMs));
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}
