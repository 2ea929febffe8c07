import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';

import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';

/** Networks that are counted at once. When there are more, the one whose minute began first makes room. */
const networksMax = 30_000;

/** A wider IPv6 network may make this many times the requests of one /64, because it may hold several customers. */
const allowances = { '/56': 4, '/48': 16 } as const;

interface Window {
  readonly startedAtMs: number;
  count: number;
}

interface Counted {
  readonly current: number;
  readonly ttl: number;
}

/**
 * Makes the store of one server's counts. The limiter gives each route a child of its store, and its own kind of child
 * starts from nothing. Here all routes share the counts, which the limiter's keys tell apart by class and client.
 *
 * An IPv6 client counts by its /64, and also by its /56 and its /48: a customer who is given a /48 would otherwise have
 * the limit 65,536 times. Requests that are refused by their own /64's limit do not count for the wider networks, so one
 * client cannot use up what its neighbours share.
 */
export function createRateLimitStore(clock: Clock): FastifyRateLimitStoreCtor {
  const windows = createBoundedMap<Window>(networksMax);

  function windowOf(key: string, lengthMs: number): Window {
    const nowMs = clock.nowMs();
    const known = windows.get(key);
    if (known !== undefined && known.startedAtMs + lengthMs > nowMs) return known;
    const window = { startedAtMs: nowMs, count: 0 };
    windows.set(key, window);
    return window;
  }

  function count(key: string, lengthMs: number, max: number): Counted {
    const ttlOf = (window: Window) => window.startedAtMs + lengthMs - clock.nowMs();
    const wider = widerKeysOf(key).map(({ key: widerKey, allowance }) => {
      const window = windowOf(widerKey, lengthMs);
      return { window, isFull: window.count >= max * allowance };
    });
    const full = wider.find(({ isFull }) => isFull);
    if (full !== undefined) return { current: max + 1, ttl: ttlOf(full.window) };
    const own = windowOf(key, lengthMs);
    own.count += 1;
    if (own.count <= max) for (const { window } of wider) window.count += 1;
    return { current: own.count, ttl: ttlOf(own) };
  }

  // A class because the limiter calls a constructor.
  return class implements FastifyRateLimitStore {
    incr(...[key, done, lengthMs, max]: Parameters<FastifyRateLimitStore['incr']>): void {
      done(null, count(key, lengthMs, max));
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}

// `networksOf` writes an IPv6 /64 as 16 hexadecimal digits and its length; the limiter appends the class.
function widerKeysOf(key: string): { key: string; allowance: number }[] {
  const [, digits, group = ''] = /^([\da-f]{16})\/64(.*)$/u.exec(key) ?? [];
  if (digits === undefined) return [];
  return [
    { key: `${digits.slice(0, 14)}/56${group}`, allowance: allowances['/56'] },
    { key: `${digits.slice(0, 12)}/48${group}`, allowance: allowances['/48'] },
  ];
}
