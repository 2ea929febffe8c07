import type { Logger } from './logger.ts';

/** A server as the process that ends sees it. */
export interface Stoppable {
  /** Goes on answering, says that it is not ready, and closes each connection after its next answer. */
  drain(): void;
  /** Closes the port, finishes the requests in flight, and releases the database. */
  stop(): Promise<void>;
  /** Cuts off the connections that are left; resolves with how many of them had a request in flight. */
  cutOff(): Promise<number>;
}

/** How this process ends. */
export interface Ending {
  /** What has to be stopped from now on. Until then there is nothing. */
  attach(server: Stoppable): void;
  /**
   * The first call drains, stops in order and exits. A second one cuts off whatever still waits, stops in order and
   * exits: with 1 if requests were cut off. A third one exits at once.
   */
  begin(exitCode: number, options: { readonly drains: boolean }): void;
}

/** How long a stop may take that was asked for twice. */
const hurriedStopMsMax = 2_000;

/**
 * Prepares the end of the process. Load balancers need a while to notice that a node is no longer ready, and connections
 * that clients keep are closed without a reset only by an answer that says so; `drainSeconds` is the time for both. Then
 * requests in flight have `shutdownSeconds`, and then the process exits with 1, whatever is left.
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
    logger.error({ err }, 'could not stop in order');
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
