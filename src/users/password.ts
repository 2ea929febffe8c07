import { timingSafeEqual } from 'node:crypto';

import type { CryptoThread } from '../costly-work/crypto-thread.ts';
import type { Gate } from '../costly-work/gate.ts';
import type { Random } from '../kernel/random.ts';

/** The cost of one Argon2id hash (RFC 9106, section 3.1). `memory` is in KiB. */
export interface PasswordCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** RFC 9106, section 4, the second recommended option: 64 MiB, 3 passes, 4 lanes. */
export const usualPasswordCost: PasswordCost = { memory: 65_536, passes: 3, parallelism: 4 };
const tagBytes = 32;
const saltBytes = 16;

/**
 * Hashes and verifies passwords with Argon2id. Each call needs about 150 ms of CPU time, so callers pass the gate
 * first.
 */
export interface Passwords {
  readonly gate: Gate;
  /** The hash with its salt and cost, in the PHC string format. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password matches a hash. Without a hash, for an account that does not exist, it does the same work, so
   * that timing does not reveal which accounts exist.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

interface PasswordsDeps {
  readonly gate: Gate;
  readonly thread: CryptoThread;
  readonly random: Random;
  readonly cost?: PasswordCost | undefined;
}

/** Creates the password hasher, which runs on the given thread. */
export function createPasswords({ gate, thread, random, cost = usualPasswordCost }: PasswordsDeps): Passwords {
  const derive = async (password: string, { nonce, tagLength, ...spent }: Derivation): Promise<Uint8Array> => {
    const message = Buffer.from(password.normalize('NFC'));
    return thread.run({ kind: 'argon2id', parameters: { ...spent, message, nonce, tagLength } });
  };
  return {
    gate,
    hash: async (password) => {
      const nonce = random.bytes(saltBytes);
      const tag = await derive(password, { ...cost, nonce, tagLength: tagBytes });
      const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
      return `$argon2id$v=19$${parameters}$${unpadded(nonce)}$${unpadded(tag)}`;
    },
    verify: async (password, hash) => {
      const stored = hash === undefined ? undefined : parseHash(hash);
      const { expected, ...derivation } = stored ?? { ...cost, nonce: Buffer.alloc(saltBytes), expected: undefined };
      const tag = await derive(password, { ...derivation, tagLength: expected?.length ?? tagBytes });
      return expected !== undefined && expected.length === tag.length && timingSafeEqual(expected, tag);
    },
  };
}

interface Derivation extends PasswordCost {
  readonly nonce: Uint8Array;
  readonly tagLength: number;
}

function parseHash(hash: string) {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (match === null) return undefined;
  const [, memory, passes, parallelism, nonce = '', expected = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    expected: Buffer.from(expected, 'base64'),
  };
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
