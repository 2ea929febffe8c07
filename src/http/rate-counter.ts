import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';

/** The maximum number of windows. If there are more, the oldest is dropped. */
const clientsMax = 30_000;

/** A wider IPv6 network may make this many times the requests of one /64, because it may hold several customers. */
const allowances = { '/56': 4, '/48': 16 } as const;

interface Window {
  readonly startedAtMs: number;
  count: number;
}

interface Limit {
  readonly name: string;
  readonly requestsMax: number;
}

/** What one client has left of a limit. */
interface Counted {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

/**
 * Counts requests per client and limit in fixed windows.
 *
 * An IPv6 client counts by its /64, and also by its /56 and its /48: a customer who is given a /48 would otherwise have
 * the limit 65,536 times. Requests that are refused by their own /64's limit do not count for the wider networks, so one
 * client cannot use up what its neighbours share.
 */
export function createRateCounter(clock: Clock, lengthMs: number) {
  const windows = createBoundedMap<Window>(clientsMax);

  function windowOf(key: string): Window {
    const nowMs = clock.nowMs();
    const known = windows.get(key);
    if (known !== undefined && known.startedAtMs + lengthMs > nowMs) return known;
    const window = { startedAtMs: nowMs, count: 0 };
    windows.set(key, window);
    return window;
  }

  function count(client: string, { name, requestsMax }: Limit): Counted {
    const resetMsOf = (window: Window) => window.startedAtMs + lengthMs - clock.nowMs();
    const wider = widerNetworksOf(client).map(({ network, allowance }) => {
      const window = windowOf(`${network} ${name}`);
      return { window, left: requestsMax * allowance - window.count };
    });
    const full = wider.find(({ left }) => left <= 0);
    if (full !== undefined) return { isExceeded: true, remaining: 0, resetMs: resetMsOf(full.window) };
    const own = windowOf(`${client} ${name}`);
    own.count += 1;
    const isExceeded = own.count > requestsMax;
    if (!isExceeded) for (const { window } of wider) window.count += 1;
    const remaining = Math.min(requestsMax - own.count, ...wider.map(({ left }) => left - 1));
    return { isExceeded, remaining: Math.max(0, remaining), resetMs: resetMsOf(own) };
  }

  return { count };
}

// `networksOf` writes an IPv6 /64 as 16 hexadecimal digits and its length.
function widerNetworksOf(client: string): { network: string; allowance: number }[] {
  const [, digits] = /^([\da-f]{16})\/64$/u.exec(client) ?? [];
  if (digits === undefined) return [];
  return [
    { network: `${digits.slice(0, 14)}/56`, allowance: allowances['/56'] },
    { network: `${digits.slice(0, 12)}/48`, allowance: allowances['/48'] },
  ];
}
