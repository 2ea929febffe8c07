import { equalsInConstantTime, sha256Hex } from '../kernel/digest.ts';
import { currentCall } from './provider-call.ts';

/**
 * Whether a client presented one of its secrets. Every hash is compared, in constant time, so that the time tells neither
 * which secret was right nor how many there are. It takes the place of the library's comparison, which needs the plain
 * secret.
 */
export function hasSecret(presented: unknown): boolean {
  if (typeof presented !== 'string') return false;
  const hash = sha256Hex(presented);
  return currentCall()
    .secretHashes.map((known) => equalsInConstantTime(known, hash))
    .includes(true);
}
