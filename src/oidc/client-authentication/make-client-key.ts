import { calculateJwkThumbprint } from 'jose';

import type { CostlyKind } from '../../costly-work/open-costly-work.ts';
import { clientAssertionAlgorithm } from './client-authentication.ts';

/** As strong as 128 bits (NIST SP 800-57 part 1, section 5.6.1.1). */
const modulusBits = 3072;

/** A key pair that no configuration has yet. */
export interface NewClientKey {
  /** The thumbprint of the public half (RFC 7638), which no other key has. */
  readonly id: string;
  readonly publicJwk: string;
  readonly privateJwk: string;
}

/**
 * Makes a key pair for an organization. That takes a large part of a second of CPU, so it runs on a thread of its own,
 * one at a time, and each organization has a few waiting places. Never call it within a transaction.
 *
 * @throws `work_limited` when the organization waits for several keys already, or when too many organizations wait.
 */
export type MakeClientKey = (organizationId: string) => Promise<NewClientKey>;

/** Makes the function that makes key pairs. */
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
