import { calculateJwkThumbprint } from 'jose';

import type { CostlyKind } from '../../costly-work/open-costly-work.ts';
import { clientAssertionAlgorithm } from './client-authentication.ts';

/** As strong as 128 bits (NIST SP 800-57 part 1, section 5.6.1.1). */
const modulusBits = 3072;

/** A new key pair that belongs to no connection yet. */
export interface NewClientKey {
  /** The thumbprint of the public key (RFC 7638), unique to this key. */
  readonly id: string;
  readonly publicJwk: string;
  readonly privateJwk: string;
}

/**
 * Generates a key pair for an organization. That takes several hundred milliseconds of CPU, so it runs on its own
 * thread, one at a time, and each organization has a few places in the queue. Never call it within a transaction.
 *
 * @throws `work_limited` if the organization waits for several keys already, or if too many organizations wait.
 */
export type MakeClientKey = (organizationId: string) => Promise<NewClientKey>;

/** Creates the function that generates key pairs. */
export function createClientKeyMaker({ gate, thread }: CostlyKind): MakeClientKey {
  return async (organizationId) => {
    const pair = await gate.run({ key: organizationId }, async () => thread.run({ kind: 'rsa-key-pair', modulusBits }));
    const publicJwk = { ...pair.publicKey, kty: 'RSA' };
    const id = await calculateJwkThumbprint(publicJwk);
    return {
      id,
      publicJwk: JSON.stringify({ ...publicJwk, kid: id, alg: clientAssertionAlgorithm, use: 'sig' }),
      privateJwk: JSON.stringify(pair.privateKey),
    };
  };
}
