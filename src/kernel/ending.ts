import type { Logger } from './logger.ts';

/** The server, for the process that ends. */
export interface Stoppable {
  /** Continues to respond, reports that it is not ready, and closes each connection after its next response. */
  drain(): void;
  /** Closes the port, finishes the requests in progress, and closes the database. */
  stop(): Promise<void>;
  /** Closes the remaining connections; resolves with how many of them had a request in progress. */
  cutOff(): Promise<number>;
}

/** The end of this process. */
export interface Ending {
  /** Sets what has to be stopped. Before that there is nothing to stop. */
  attach(server: Stoppable): void;
  /**
   * The first call drains, stops cleanly and exits. A second one closes all connections, stops cleanly and exits: with
   * 1 if requests were
   * interrupted. A third one exits at once.
   */
  begin(exitCode: number, options: { readonly drains: boolean }): void;
}

/** How long a stop may take after the second call. */
const hurriedStopMsMax = 2_000;

/**
 * Prepares the end of the process. Load balancers need a while to notice that a node is not ready, and only a response
 * can close a
 * kept-alive connection without a reset. `drainSeconds` is the time for both. Then requests in progress have
 * `shutdownSeconds`. After
 * that the process exits with 1, whatever is left.
 */
export function prepareEnding(
  { drainSeconds, shutdownSeconds }: { readonly drainSeconds: number; readonly shutdownSeconds: number },
  logger: Logger,
): Ending {
  let server: Stoppable | undefined;
  let calls = 0;
  let wasCut = false;
  const drained = Promise.withResolvers<void>();

  async function endInOrder(exitCode: number, drainMs: number): Promise<void> {
    if (server !== undefined && drainMs > 0) {
      server.drain();
      setTimeout(drained.resolve, drainMs);
      await drained.promise;
    }
    await server?.stop();
    process.exit(wasCut ? 1 : exitCode);
  }
  async function cutOff(): Promise<void> {
    wasCut ||= (await server?.cutOff()) !== 0;
    drained.resolve();
  }
  const fail = (err: unknown): never => {
    logger.error({ err }, 'could not stop cleanly');
    process.exit(1);
  };
  return {
    attach: (attached) => {
      server = attached;
    },
    begin: (exitCode, { drains }) => {
      calls += 1;
      if (calls > 2) process.exit(1);
      if (calls === 2) {
        setTimeout(() => process.exit(1), hurriedStopMsMax).unref();
        void cutOff().catch(fail);
        return;
      }
      const drainMs = drains ? drainSeconds * 1000 : 0;
      setTimeout(() => process.exit(1), drainMs + shutdownSeconds * 1000).unref();
      void endInOrder(exitCode, drainMs).catch(fail);
    },
  };
}
