import type { Argon2Parameters, webcrypto } from 'node:crypto';

/** The jobs of the crypto thread. */
export type CryptoJob =
  | { readonly kind: 'argon2id'; readonly parameters: Argon2Parameters }
  | { readonly kind: 'rsa-key-pair'; readonly modulusBits: number };

/** The result of each kind of job: the tag, or the pair as JSON Web Keys (RFC 7517). */
export interface CryptoResults {
  readonly argon2id: Uint8Array;
  readonly 'rsa-key-pair': { readonly publicKey: webcrypto.JsonWebKey; readonly privateKey: webcrypto.JsonWebKey };
}
