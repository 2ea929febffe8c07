import { appError } from '../contract/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { usesRememberedMs, waitingMax, waitingPerCallerMax } from './limits.ts';

/** The caller of costly work. */
export interface Applicant {
  /** A client network or an organization, which shares its places in the queue. */
  readonly key: string;
  /** Served before all others, for example a network with an earlier sign-in. */
  readonly isPreferred?: boolean;
}

/** A place at the gate: first a place in the queue, then the permit. */
export interface Place {
  /**
   * Resolves when the work may start.
   *
   * @throws `work_limited` if a caller that used the gate less took the place.
   */
  readonly turn: Promise<void>;
  /** Returns the place or the permit. Call it when the work is done, even if the client has disconnected. */
  leave(): void;
}

/**
 * Runs one piece of costly work at a time.
 *
 * Each key has a few places in the queue, so one client network cannot fill it. The caller that used the gate least
 * within the last minute is served first. If the queue is full, such a caller replaces the one that used it most. So
 * frequent callers cannot lock out a rare one.
 */
export interface Gate {
  /** @throws `work_limited` with the time to wait. `isFull`: other callers have all places. */
  enter(applicant: Applicant): Place;
  /** Waits for its turn, runs the work and leaves. */
  run<Result>(applicant: Applicant, work: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  readonly key: string;
  readonly isPreferred: boolean;
  /** How often the key used the gate within the last minute, and how many of its callers waited when this one came. */
  readonly uses: number;
  readonly begin: () => void;
  readonly giveUp: (reason: unknown) => void;
}

/** Creates a gate for one kind of work. */
export function createGate(clock: Clock): Gate {
  const waiting = new Set<Waiting>();
  const permit = createPermit(clock);
  const refusal = (isFull: boolean) => {
    const untilFreeMs = (waiting.size + 1) * permit.lastTookMs();
    const retryAfterSeconds = Math.max(1, Math.ceil(untilFreeMs / 1000));
    return appError('work_limited', { meta: { retryAfterSeconds, isFull } });
  };
  const handOn = () => {
    permit.giveBack();
    let next: Waiting | undefined;
    for (const each of waiting) if (next === undefined || goesBefore(each, next)) next = each;
    next?.begin();
  };

  function makeRoomFor(newcomer: Pick<Waiting, 'isPreferred' | 'uses'>): void {
    if (waiting.size < waitingMax) return;
    const last = [...waiting].reduce((worst, each) => (goesBefore(each, worst) ? worst : each));
    if (!goesBefore(newcomer, last)) throw refusal(true);
    last.giveUp(refusal(true));
  }

  function waitFor(key: string, isPreferred: boolean): Place {
    const waitingOfKey = [...waiting].filter((each) => each.key === key).length;
    if (waitingOfKey >= waitingPerCallerMax) throw refusal(false);
    const uses = permit.usesOf(key) + waitingOfKey;
    makeRoomFor({ isPreferred, uses });
    const { promise: turn, resolve, reject } = Promise.withResolvers<void>();
    // A caller that loses its place before it awaits its turn must not crash the process.
    turn.catch(() => undefined);
    let leave = (): void => void waiting.delete(entry);
    const begin = () => {
      waiting.delete(entry);
      permit.take(key);
      leave = handOn;
      resolve();
    };
    const giveUp = (reason: unknown) => {
      waiting.delete(entry);
      reject(reason);
    };
    const entry: Waiting = { key, isPreferred, uses, begin, giveUp };
    waiting.add(entry);
    return { turn, leave: once(() => leave()) };
  }

  const enter: Gate['enter'] = ({ key, isPreferred = false }) => {
    if (permit.isTaken()) return waitFor(key, isPreferred);
    permit.take(key);
    return { turn: Promise.resolve(), leave: once(handOn) };
  };
  return {
    enter,
    run: async (applicant, work) => {
      const place = enter(applicant);
      try {
        await place.turn;
        return await work();
      } finally {
        place.leave();
      }
    },
  };
}

// Equal callers are served in order of arrival, which is the order of the set.
function goesBefore(one: Pick<Waiting, 'isPreferred' | 'uses'>, other: Pick<Waiting, 'isPreferred' | 'uses'>): boolean {
  return one.isPreferred === other.isPreferred ? one.uses < other.uses : one.isPreferred;
}

/** The one permit, and who used it within the last minute. Its pace limits the number of remembered uses. */
function createPermit(clock: Clock) {
  const uses: { readonly key: string; readonly atMs: number }[] = [];
  let takenAtMs: number | undefined;
  let lastTookMs = 0;
  return {
    isTaken: () => takenAtMs !== undefined,
    lastTookMs: () => lastTookMs,
    take: (key: string) => {
      takenAtMs = clock.nowMs();
      uses.push({ key, atMs: takenAtMs });
    },
    giveBack: () => {
      const nowMs = clock.nowMs();
      lastTookMs = nowMs - (takenAtMs ?? nowMs);
      takenAtMs = undefined;
    },
    usesOf: (key: string) => {
      const sinceMs = clock.nowMs() - usesRememberedMs;
      while (uses[0] !== undefined && uses[0].atMs <= sinceMs) uses.shift();
      return uses.filter((use) => use.key === key).length;
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
