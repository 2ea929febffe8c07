import { pino } from 'pino';

/** Log lines below `warn` are buffered for at most this long, or until there are this many bytes. */
const bufferMsMax = 50;
const bufferBytesMax = 4096;
/** The buffer for a reader of the output that does not read. Further lines are dropped and counted. */
const waitingBytesMax = 8 * 1024 * 1024;
/** How often, a tenth of a second apart, the last lines are tried when the process exits. */
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
 * Opens standard output for a log. A reader that hangs delays no request and no exit: writes that would block are tried
 * again later, and when the process exits only for a moment.
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
