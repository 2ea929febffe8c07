import { readdirSync, readFileSync } from 'node:fs';

import { median } from '../../bench/statistics.ts';

/** What a process held at a moment. */
interface Sample {
  readonly seconds: number;
  /** Resident memory, `VmRSS` of proc_pid_status(5). */
  readonly rssMib: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/** Memory after the warm-up and in the end, each the median of a window: one collection more or less does not decide. */
export interface MemoryGrowth {
  readonly firstMib: number;
  readonly lastMib: number;
  readonly ratio: number;
  /** One line for the reader. */
  readonly text: string;
}

/** Between two looks. */
export const sampleSeconds = 5;
/** The warm-up, and the windows before and after. A run that is too short for them has shorter ones. */
const windowSeconds = 60;

/** Looks at a process; `undefined` when there is none any more. */
export function takeSample(pid: number, seconds: number): Sample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]);
    return { seconds, rssMib: kib / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** Compares the minute after the first with the last. */
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
