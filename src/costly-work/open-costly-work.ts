import type { Clock } from '../kernel/clock.ts';
import { createCryptoThread, type CryptoThread } from './crypto-thread.ts';
import { createGate, type Gate } from './gate.ts';

/** One kind of costly work: who may begin, and where it runs. */
export interface CostlyKind {
  readonly gate: Gate;
  readonly thread: CryptoThread;
}

/** Every kind of costly work of one server. A kind never waits for another. */
export interface CostlyWork {
  readonly passwords: CostlyKind;
  readonly clientKeys: CostlyKind;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Opens the gates. The threads start when there is work for them. */
export function openCostlyWork(clock: Clock, createThread: () => CryptoThread = createCryptoThread): CostlyWork {
  const createKind = (): CostlyKind => ({ gate: createGate(clock), thread: createThread() });
  const [passwords, clientKeys] = [createKind(), createKind()];
  return {
    passwords,
    clientKeys,
    close: async () => void (await Promise.all([passwords.thread.close(), clientKeys.thread.close()])),
  };
}
