import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';

import type { HashPassword } from '../../src/users/password.ts';

const derive = promisify(argon2);

/** Hashes a password as the server does, at the least cost that the algorithm has; the server verifies at that cost, too. */
export const hashCheaply: HashPassword = async (password, random) => {
  const salt = random.bytes(16);
  const cost = { memory: 8, passes: 1, parallelism: 1, tagLength: 32 };
  const tag = await derive('argon2id', { ...cost, message: Buffer.from(password.normalize('NFC')), nonce: salt });
  const [nonce, hash] = [salt, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=8,t=1,p=1$${nonce}$${hash}`;
};
