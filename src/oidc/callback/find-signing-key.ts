import { candidateKeys, type JwkSet, type VerificationKey } from '../discovery/jwk-set.ts';
import type { CachedValue } from '../discovery/cached-value.ts';
import type { CompactJws } from './compact-jws.ts';
import { verifySignature, type PublicKeyAlgorithm } from './signing-algorithm.ts';

/** Which keys may have signed a token, by its header. */
interface KeyQuery {
  readonly algorithm: PublicKeyAlgorithm;
  readonly kid: string | undefined;
}

interface FoundSigningKey {
  /** The key that verifies the signature; `undefined` if none does. */
  readonly key: VerificationKey | undefined;
  /** Whether the JWK Set was fetched again to find it. */
  readonly isRefreshed: boolean;
  /** How many keys of the latest JWK Set were tried. */
  readonly tried: number;
}

/**
 * Finds the key of the provider's JWK Set that verifies a signature.
 *
 * The provider may have rotated its keys since the JWK Set was fetched (OpenID Connect Core, section 10.1.1). If tokens
 * have no `kid`, or the new key has the old `kid`, only a signature that does not verify shows it. So every failure
 * fetches the JWK Set again. The pause between such requests limits how often forged tokens can cause one.
 *
 * @throws what fetching the JWK Set throws
 */
export async function findSigningKey(
  jws: CompactJws,
  keys: CachedValue<JwkSet>,
  { algorithm, kid }: KeyQuery,
): Promise<FoundSigningKey> {
  const verifies = ({ object }: VerificationKey) => verifySignature(algorithm, object, jws);
  const key = candidateKeys(await keys.read(), algorithm, kid).find(verifies);
  if (key !== undefined) return { key, isRefreshed: false, tried: 1 };
  const refreshed = candidateKeys(await keys.refresh(), algorithm, kid);
  return { key: refreshed.find(verifies), isRefreshed: true, tried: refreshed.length };
}
