import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { Logger } from '../../kernel/logger.ts';

/** How many pages the write-ahead log has, and how many of them are copied into the database file. */
export interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/** The thread that copies the log into the database file. It starts when it is first needed. */
export interface CheckpointThread {
  checkpoint(): Promise<LogState>;
  /** Ends the thread at once. The next checkpoint starts another one. */
  abandon(): Promise<void>;
  close(): Promise<void>;
}

/** Creates the handle of the checkpoint thread for a database file. */
export function createCheckpointThread(path: string, logger: Logger): CheckpointThread {
  let worker: Worker | undefined;
  const start = () => {
    const started = new Worker(new URL('./sqlite-checkpoint-worker.ts', import.meta.url), {
      workerData: path,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    started.on('error', (error) => logger.warn({ err: error }, 'the checkpoint thread failed'));
    started.on('exit', () => {
      worker = undefined;
    });
    // It does not keep the process alive until it is closed.
    started.unref();
    return started;
  };
  return {
    checkpoint: async () => {
      worker ??= start();
      const answer = once(worker, 'message');
      worker.postMessage('checkpoint');
      const [row] = await answer;
      return parseLogState(row);
    },
    abandon: async () => {
      await worker?.terminate();
    },
    close: async () => {
      if (worker === undefined) return;
      const exit = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await exit;
    },
  };
}

/** Reads the result row of `pragma wal_checkpoint`. */
export function parseLogState(row: unknown): LogState {
  if (typeof row !== 'object' || row === null || !('log' in row) || !('checkpointed' in row)) {
    throw new TypeError('not the result of a checkpoint');
  }
  return { log: Number(row.log), checkpointed: Number(row.checkpointed) };
}
