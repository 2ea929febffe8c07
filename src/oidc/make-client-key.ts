import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

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

/** Makes a key pair. It takes a while, so it is not done within a transaction. */
export async function makeClientKey(): Promise<NewClientKey> {
  const options = { modulusLength: modulusBits, extractable: true };
  const { publicKey, privateKey } = await generateKeyPair(clientAssertionAlgorithm, options);
  const publicJwk = await exportJWK(publicKey);
  const id = await calculateJwkThumbprint(publicJwk);
  return {
    id,
    publicJwk: JSON.stringify({ ...publicJwk, kid: id, alg: clientAssertionAlgorithm, use: 'sig' }),
    privateJwk: JSON.stringify(await exportJWK(privateKey)),
  };
}
