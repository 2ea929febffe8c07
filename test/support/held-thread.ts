import { createCryptoThread, type CryptoThread } from '../../src/costly-work/crypto-thread.ts';
import type { CryptoJob } from '../../src/costly-work/crypto-jobs.ts';

/** Watches the threads of a server for expensive work, and can pause their work. */
export interface HeldThreads {
  readonly createThread: () => CryptoThread;
  /** The number of started jobs by kind, and the maximum that ran at the same time. */
  begun(kind: CryptoJob['kind']): number;
  mostAtOnce(kind: CryptoJob['kind']): number;
  /** Resolves when this many jobs of a kind have started. */
  untilBegun(kind: CryptoJob['kind'], count: number): Promise<void>;
  /** No job ends until {@link HeldThreads.release}. */
  hold(): void;
  release(): void;
}

/** Real threads, watched from outside. */
export function createHeldThreads(): HeldThreads {
  const begun = { argon2id: 0, 'rsa-key-pair': 0 };
  const running = { ...begun };
  const most = { ...begun };
  const watchers = new Set<() => void>();
  let held: PromiseWithResolvers<void> | undefined;
  return {
    createThread: () => {
      const thread = createCryptoThread();
      const run: CryptoThread['run'] = async (job) => {
        begun[job.kind] += 1;
        running[job.kind] += 1;
        most[job.kind] = Math.max(most[job.kind], running[job.kind]);
        for (const watch of watchers) watch();
        try {
          await held?.promise;
          return await thread.run(job);
        } finally {
          running[job.kind] -= 1;
        }
      };
      return { ...thread, run };
    },
    begun: (kind) => begun[kind],
    mostAtOnce: (kind) => most[kind],
    untilBegun: async (kind, count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const watch = () => (begun[kind] >= count ? resolve() : undefined);
      watchers.add(watch);
      watch();
      await promise;
      watchers.delete(watch);
    },
    hold: () => {
      held ??= Promise.withResolvers();
    },
    release: () => {
      held?.resolve();
      held = undefined;
    },
  };
}
