import type { Clock } from '../kernel/clock.ts';
import { systemClock } from '../kernel/clock.ts';

/** One moment on two clocks: ours, which tests can stop, and the library's, which is the computer's. */
export interface LibraryTime {
  readonly nowMs: number;
  readonly librarySeconds: number;
}

export function libraryTime({ clock }: { readonly clock: Clock }): LibraryTime {
  return { nowMs: clock.nowMs(), librarySeconds: Math.floor(systemClock.nowMs() / 1000) };
}

/** A moment of our clock, in seconds on the library's. */
export function inLibraryTime(ms: number, { nowMs, librarySeconds }: LibraryTime): number {
  return librarySeconds + Math.ceil((ms - nowMs) / 1000);
}
