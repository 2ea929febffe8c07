import type { Logger } from './logger.ts';

/** Work that is done again and again until it is stopped. */
export interface Repetition {
  /** Starts no further round. A round under way is not interrupted. */
  stop(): void;
}

/**
 * Does something every so often, beginning one interval from now. A round that is still under way is not joined by a
 * second one, and one that fails is logged and tried again at the next turn. The process does not stay alive for it.
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
      // A round that the stop of the process breaks off is the next process's.
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
