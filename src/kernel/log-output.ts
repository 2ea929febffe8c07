import { pino } from 'pino';

import { holdLines, type HeldLines } from './held-lines.ts';

/** Log lines below `warn` are buffered for at most this long, and up to this many characters. */
const logHolding = { holdMs: 50, lengthMax: 4096 } as const;
/** What waits for a reader of the output that does not read; further lines are dropped and counted. */
const waitingBytesMax = 8 * 1024 * 1024;
/** How often, a tenth of a second apart, the last lines are tried when the process exits. */
const lastTriesMax = 5;
const standardOutput = 1;

/** Standard output as what a log is written to. */
export interface LogOutput extends HeldLines {
  /** How many pieces were dropped since the last call because nobody read the output. */
  takeDropped(): number;
}

/**
 * Opens standard output for a log. A reader that hangs delays no request and no exit: writes that would block are tried
 * again later, and when the process exits only for a moment.
 */
export function openLogOutput(): LogOutput {
  let isExiting = false;
  let lastTries = 0;
  let dropped = 0;
  // Registered before pino's own listener, which would try for ever. Writing the last lines is done here.
  process.once('exit', () => {
    isExiting = true;
    lines.release();
    try {
      destination.flushSync();
    } catch {
      // Nobody reads: the process ends anyway.
    }
    destination.destroy();
  });
  // Opening it makes a pipe non-blocking. A thread that blocks in a write would keep the process from exiting.
  process.stdout.on('error', () => undefined);
  const destination = pino.destination({
    dest: standardOutput,
    sync: false,
    maxLength: waitingBytesMax,
    retryEAGAIN: () => !isExiting || ++lastTries < lastTriesMax,
  });
  destination.on('drop', () => (dropped += 1));
  const lines = holdLines(destination, logHolding);
  return {
    ...lines,
    takeDropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}
