import { pino } from 'pino';

/** Log lines below `warn` are buffered for up to this long, or up to this many bytes. */
const bufferMsMax = 50;
const bufferBytesMax = 4096;
/** The buffer if the output is not read. Further lines are dropped and counted. */
const waitingBytesMax = 8 * 1024 * 1024;
/** How often, a tenth of a second apart, the process tries to write the last lines when it exits. */
const lastTriesMax = 5;
const standardOutput = 1;

/** Standard output as the destination of a log. */
export interface LogOutput {
  write(line: string): void;
  /** Writes the buffered lines now. */
  flush(): void;
  /** How many lines were dropped since the last call because the output was not read. */
  takeDropped(): number;
}

/**
 * Opens standard output for a log. If its reader hangs, requests and the exit are not delayed: writes that would block
 * are tried again
 * later, and at the exit only for a moment.
 */
export function openLogOutput(): LogOutput {
  let isExiting = false;
  let lastTries = 0;
  let dropped = 0;
  // Registered before pino's own listener, which would try forever. The last lines are written here.
  process.once('exit', () => {
    isExiting = true;
    try {
      destination.flushSync();
    } catch {
      // The output is not read: the process ends anyway.
    }
    destination.destroy();
  });
  // Opening it makes a pipe non-blocking. A thread that blocks in a write would keep the process from exiting.
  process.stdout.on('error', () => undefined);
  const destination = pino.destination({
    dest: standardOutput,
    sync: false,
    minLength: bufferBytesMax,
    periodicFlush: bufferMsMax,
    maxLength: waitingBytesMax,
    retryEAGAIN: () => !isExiting || ++lastTries < lastTriesMax,
  });
  destination.on('drop', () => (dropped += 1));
  return {
    write: (line) => destination.write(line),
    flush: () => destination.flush(),
    takeDropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}
