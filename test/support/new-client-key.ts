import { generateKeyPairSync } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';

import type { NewClientKey } from '../../src/oidc/client-authentication/make-client-key.ts';

/** A key pair as the server creates it for a client. */
export async function newClientKey(): Promise<NewClientKey> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kty: 'RSA' };
  return {
    id: await calculateJwkThumbprint(publicJwk),
    publicJwk: JSON.stringify(publicJwk),
    privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
  };
}
