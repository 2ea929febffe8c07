import { fairShare } from '../kernel/fair-share.ts';
import { callsMax, callsPerBulkheadMax, waitForSlotMsMax, waitingMax, waitingPerBulkheadMax } from './limits.ts';
import { OutboundFailure } from './outbound-failure.ts';

/**
 * Limits concurrent calls, so that one organization cannot use up what all share: a number per organization, a number
 * in total, and a short, limited wait. The share of each organization shrinks while the total fills, so even many
 * organizations with hanging providers leave slots for the others.
 */
export interface Bulkhead {
  /**
   * Waits for a slot; the caller gives it back with {@link Bulkhead.leave} exactly once.
   *
   * @throws {@link OutboundFailure} `busy` when too many wait already, or when none came free in time.
   */
  enter(key: string): Promise<void>;
  leave(key: string): void;
}

interface WaitingCall {
  admit(): void;
  giveUp(): void;
}

/** The waiting calls by organization. Of several with equally many running calls, the first one is next. */
type WaitingCalls = Map<string, Set<WaitingCall>>;

/** A bulkhead with the limits of `limits.ts`. */
export function createBulkhead(): Bulkhead {
  const slots = createSlots();
  const waiting: WaitingCalls = new Map();
  let waitingTotal = 0;

  function wait(key: string): Promise<void> {
    if (!findWaitingPlace(waiting, waitingTotal, key)) return Promise.reject(busy('queue_full'));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const calls = waiting.get(key) ?? new Set();
    waiting.set(key, calls);
    const stopWaiting = () => {
      clearTimeout(timer);
      calls.delete(call);
      if (calls.size === 0) waiting.delete(key);
      waitingTotal -= 1;
    };
    const refuse = (reason: 'queue_full' | 'no_slot_in_time') => {
      stopWaiting();
      reject(busy(reason));
    };
    const call = {
      admit: () => {
        stopWaiting();
        slots.take(key);
        resolve();
      },
      giveUp: () => refuse('queue_full'),
    };
    const timer = setTimeout(() => refuse('no_slot_in_time'), waitForSlotMsMax);
    calls.add(call);
    waitingTotal += 1;
    return promise;
  }

  /** Starts a call of the organization with the fewest running calls, and moves that organization to the end. */
  function admitNext(): boolean {
    let next: string | undefined;
    for (const key of waiting.keys()) {
      if (slots.hasRoom(key) && (next === undefined || slots.of(key) < slots.of(next))) next = key;
    }
    if (next === undefined) return false;
    const [call] = waiting.get(next) ?? [];
    call?.admit();
    putLast(waiting, next);
    return true;
  }

  return {
    enter: (key) => {
      if (waiting.has(key) || !slots.hasRoom(key)) return wait(key);
      slots.take(key);
      return Promise.resolve();
    },
    leave: (key) => {
      slots.giveBack(key);
      // An organization that had a slot comes after those that had none.
      putLast(waiting, key);
      // A free slot may increase the shares of several organizations.
      while (admitNext());
    },
  };
}

/** The used slots by organization. The map has only organizations with running calls. */
function createSlots() {
  const running = new Map<string, number>();
  let total = 0;
  const of = (key: string) => running.get(key) ?? 0;
  return {
    of,
    hasRoom: (key: string) => of(key) < fairShare({ max: callsMax, used: total, perCallerMax: callsPerBulkheadMax }),
    take: (key: string) => {
      total += 1;
      running.set(key, of(key) + 1);
    },
    giveBack: (key: string) => {
      total -= 1;
      const left = of(key) - 1;
      if (left === 0) running.delete(key);
      else running.set(key, left);
    },
  };
}

// An organization without a waiting call takes the place of the newest call of the organization with the most.
function findWaitingPlace(waiting: WaitingCalls, total: number, key: string): boolean {
  const own = waiting.get(key)?.size ?? 0;
  if (own < fairShare({ max: waitingMax, used: total, perCallerMax: waitingPerBulkheadMax })) return true;
  if (own > 0) return false;
  const most = [...waiting.values()].reduce((one, other) => (other.size > one.size ? other : one));
  if (most.size < 2) return false;
  [...most].at(-1)?.giveUp();
  return true;
}

function putLast(waiting: WaitingCalls, key: string): void {
  const calls = waiting.get(key);
  if (calls !== undefined && waiting.delete(key)) waiting.set(key, calls);
}

function busy(reason: 'queue_full' | 'no_slot_in_time') {
  return new OutboundFailure('busy', { reason });
}
