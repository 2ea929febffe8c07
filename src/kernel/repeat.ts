import type { Logger } from './logger.ts';

/** Work that is repeated until it is stopped. */
export interface Repetition {
  /** Starts no further round. A running round is not interrupted. */
  stop(): void;
}

/**
 * Repeats some work, first after one interval. Rounds do not overlap. A failed round is logged, and the next round
 * tries again. The
 * repetition does not keep the process alive.
 */
export function repeat(
  { name, everyMs, logger }: { readonly name: string; readonly everyMs: number; readonly logger: Logger },
  round: () => Promise<void>,
): Repetition {
  let isUnderWay = false;
  let isStopped = false;
  const turn = async (): Promise<void> => {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await round();
    } catch (err) {
      // A round that the stop interrupts is left to the next process.
      if (!isStopped) logger.warn({ err, job: name }, 'a background job failed; it is tried again later');
    } finally {
      isUnderWay = false;
    }
  };
  const timer = setInterval(() => void turn(), everyMs);
  timer.unref();
  return {
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
