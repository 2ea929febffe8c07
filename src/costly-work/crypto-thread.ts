import { Worker } from 'node:worker_threads';

import { appError } from '../contract/errors.ts';
import type { CryptoJob, CryptoResults } from './crypto-jobs.ts';
import { threadIdleMs } from './limits.ts';

/**
 * A separate thread for costly cryptography. It starts with the first job and ends when it has been idle for a while.
 */
export interface CryptoThread {
  /**
   * Runs one job. The caller makes sure that only one runs at a time.
   *
   * @throws `work_failed` if the thread ends before the job, for example because it ran out of memory.
   */
  run<Job extends CryptoJob>(job: Job): Promise<CryptoResults[Job['kind']]>;
  close(): Promise<void>;
}

/** Creates the handle of a thread, which does not start yet. */
export function createCryptoThread(): CryptoThread {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  const start = () => {
    const started = new Worker(new URL('./crypto-worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    started.on('exit', () => {
      if (worker === started) worker = undefined;
    });
    // The thread does not keep the process alive. A request that waits for it does.
    started.unref();
    return started;
  };
  const end = async () => {
    clearTimeout(idle);
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };

  return {
    run: async (job) => {
      clearTimeout(idle);
      worker ??= start();
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker answers each kind of job with its result
        return (await answerTo(worker, job)) as CryptoResults[(typeof job)['kind']];
      } finally {
        idle = setTimeout(() => void end(), threadIdleMs);
        idle.unref();
      }
    },
    close: end,
  };
}

function answerTo(worker: Worker, job: CryptoJob): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const fail = (cause: unknown) => reject(appError('work_failed', { cause, meta: { retryAfterSeconds: 1 } }));
  const onExit = () => fail(new Error('the thread ended'));
  // In watch mode, Node also posts which files the thread has loaded.
  const onMessage = (message: unknown) => {
    if (isResult(message)) resolve(message.cryptoResult);
  };
  worker.on('message', onMessage).once('error', fail).once('exit', onExit);
  worker.postMessage(job);
  return promise.finally(() => worker.off('message', onMessage).off('error', fail).off('exit', onExit));
}

function isResult(message: unknown): message is { readonly cryptoResult: unknown } {
  return typeof message === 'object' && message !== null && 'cryptoResult' in message;
}
