import { readdirSync, readFileSync } from 'node:fs';

import { median } from '../../bench/statistics.ts';

/** The memory and handles of a process at a moment. */
interface Sample {
  readonly seconds: number;
  /** Resident memory, `VmRSS` of proc_pid_status(5). */
  readonly rssMib: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/**
 * Memory after the warm-up and at the end. Each is the median of a window, so that one garbage collection more or less
 * does not
 * matter.
 */
export interface MemoryGrowth {
  readonly firstMib: number;
  readonly lastMib: number;
  readonly ratio: number;
  /** A summary in one line. */
  readonly text: string;
}

/** The time between two samples. */
export const sampleSeconds = 5;
/** The warm-up, and the first and last windows. A shorter run has shorter ones. */
const windowSeconds = 60;

/** Samples a process; `undefined` if it no longer exists. */
export function takeSample(pid: number, seconds: number): Sample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]);
    return { seconds, rssMib: kib / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** Compares the minute after the warm-up with the last one. */
export function growthOf(samples: readonly Sample[], lengthSeconds: number): MemoryGrowth {
  const window = Math.min(windowSeconds, lengthSeconds / 3);
  const within = (from: number) => samples.filter(({ seconds }) => seconds >= from && seconds < from + window);
  const middle = (some: readonly Sample[]) => median(some.map(({ rssMib }) => rssMib));
  const firstMib = middle(within(window));
  const lastMib = middle(within(lengthSeconds - window));
  const curve = samples.filter((_, place) => place % 6 === 0).map(({ rssMib }) => Math.round(rssMib));
  const ratio = lastMib / firstMib;
  const handles = Math.max(...samples.map((sample) => sample.handles));
  const text =
    `memory ${firstMib.toFixed(0)} MiB after the first minute, ${lastMib.toFixed(0)} in the last (${ratio.toFixed(3)}); ` +
    `each half minute: ${curve.join(' ')}; at most ${handles} handles`;
  return { firstMib, lastMib, ratio, text };
}
