import type { Clock } from '../../src/kernel/clock.ts';

/** A clock that does not move until a test moves it. */
export interface StillClock extends Clock {
  advanceSeconds(seconds: number): void;
}

export function createStillClock(startMs = Date.UTC(2030, 0, 1)): StillClock {
  let nowMs = startMs;
  return { nowMs: () => nowMs, advanceSeconds: (seconds) => void (nowMs += seconds * 1000) };
}
