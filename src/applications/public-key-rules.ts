import { createPublicKey } from 'node:crypto';

/** Members of a JWK that are secret (RFC 7518, section 6; RFC 8037, section 2). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;
const rsaBitsMin = 2048;
const keyBytesMax = 8192;

type Jwk = Readonly<Record<string, unknown>>;

/**
 * Checks a key of a client's JWK Set: an asymmetric public key for signatures that the server can use.
 *
 * @returns the rest of a sentence that begins with the key's path, or `undefined` if the key is right.
 */
export function findPublicKeyFault(jwk: Jwk): string | undefined {
  if (privateMembers.some((member) => member in jwk)) {
    return 'must be a public key; send only the public members, and replace a private key that you have sent';
  }
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return 'must have the use sig, or none';
  if (JSON.stringify(jwk).length > keyBytesMax) return `must not be longer than ${keyBytesMax} characters as JSON`;
  const details = detailsOf(jwk);
  if (details === undefined) return 'must be an RSA, EC or Ed25519 public key as a JWK (RFC 7517)';
  return details.type === 'rsa' && details.bits < rsaBitsMin ? `must have at least ${rsaBitsMin} bits` : undefined;
}

function detailsOf(jwk: Jwk): { type: string; bits: number } | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const type = key.asymmetricKeyType ?? '';
    if (!['rsa', 'ec', 'ed25519'].includes(type)) return undefined;
    return { type, bits: key.asymmetricKeyDetails?.modulusLength ?? 0 };
  } catch {
    return undefined;
  }
}
