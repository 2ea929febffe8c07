import type { webcrypto } from 'node:crypto';

import { type IdTokenAlgorithm, idTokenAlgorithms } from '../contract/applications.ts';
import type { SigningKeys } from '../signing-keys/signing-keys.ts';
import type { SigningKeySet } from './open-provider.ts';

/** The current key of each algorithm that an application can choose, for the library. */
export async function signingKeySet(keys: SigningKeys): Promise<SigningKeySet> {
  const current = await keys.currentOf(idTokenAlgorithms);
  return {
    version: current.map(({ kid }) => kid).join(' '),
    keys: () =>
      current.map(({ kid, algorithm, privateKey }) => ({
        ...privateMembers(privateKey.export({ format: 'jwk' })),
        kid,
        alg: algorithm satisfies IdTokenAlgorithm,
        use: 'sig',
      })),
  };
}

function privateMembers(jwk: webcrypto.JsonWebKey) {
  const { key_ops: _operations, ext: _extractable, oth: _primes, ...members } = jwk;
  return members;
}
