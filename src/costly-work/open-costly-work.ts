import type { Clock } from '../kernel/clock.ts';
import { createCryptoThread, type CryptoThread } from './crypto-thread.ts';
import { createGate, type Gate } from './gate.ts';

/** One kind of costly work: its queue and its thread. */
export interface CostlyKind {
  readonly gate: Gate;
  readonly thread: CryptoThread;
}

/** All kinds of costly work of one server. A kind never waits for another. */
export interface CostlyWork {
  readonly passwords: CostlyKind;
  readonly clientKeys: CostlyKind;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Creates the gates. A thread starts when there is work for it. */
export function openCostlyWork(clock: Clock, createThread: () => CryptoThread = createCryptoThread): CostlyWork {
  const createKind = (): CostlyKind => ({ gate: createGate(clock), thread: createThread() });
  const [passwords, clientKeys] = [createKind(), createKind()];
  return {
    passwords,
    clientKeys,
    close: async () => void (await Promise.all([passwords.thread.close(), clientKeys.thread.close()])),
  };
}
