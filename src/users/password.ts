import { argon2, type Argon2Parameters, timingSafeEqual } from 'node:crypto';

import type { Random } from '../kernel/random.ts';

/** RFC 9106, section 4, the second recommended option: 64 MiB, 3 passes, 4 lanes. */
const cost = { memory: 65_536, passes: 3, parallelism: 4, tagLength: 32 } as const;
const saltBytes = 16;

/** Makes of a password what is stored; `verifyPassword` reads from it how. */
export type HashPassword = (password: string, random: Random) => Promise<string>;

/** Hashes a password with argon2id; the result names its salt and cost in the PHC string format. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random.bytes(saltBytes);
  const tag = await derive('argon2id', { ...cost, message: Buffer.from(password.normalize('NFC')), nonce: salt });
  const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * Whether a password is the one that was hashed. Without a hash, for an account that does not exist, the same work is
 * done in vain, so that the time tells nothing.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash ?? '');
  const [memory, passes, parallelism] =
    match === null ? [cost.memory, cost.passes, cost.parallelism] : match.slice(1, 4).map(Number);
  const salt = Buffer.from(match?.[4] ?? unpadded(Buffer.alloc(saltBytes)), 'base64');
  const expected = match === null ? undefined : Buffer.from(match[5] ?? '', 'base64');
  const tag = await derive('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce: salt,
    memory: memory ?? cost.memory,
    passes: passes ?? cost.passes,
    parallelism: parallelism ?? cost.parallelism,
    tagLength: expected?.length ?? cost.tagLength,
  });
  return expected !== undefined && expected.length === tag.length && timingSafeEqual(expected, tag);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function derive(algorithm: 'argon2id', parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2(algorithm, parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}
