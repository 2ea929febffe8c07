import type { CompactJws } from './compact-jws.ts';
import { candidateKeys, type KeySet, type VerificationKey } from '../discovery/key-set.ts';
import type { RememberedValue } from '../discovery/remembered-value.ts';
import { verifySignature, type PublicKeyAlgorithm } from './signing-algorithm.ts';

/** Which keys may have signed a token: what its header says. */
export interface KeyQuery {
  readonly algorithm: PublicKeyAlgorithm;
  readonly kid: string | undefined;
}

export interface FoundSigner {
  /** The key that signed, or `undefined`. */
  readonly key: VerificationKey | undefined;
  /** Whether the key set had to be fetched again to find it. */
  readonly isRefreshed: boolean;
  /** How many keys of the latest set were tried. */
  readonly tried: number;
}

/**
 * Finds the key of the provider's set that made a signature.
 *
 * The provider may have rotated its keys since the set was fetched (OpenID Connect Core, section 10.1.1). Without a
 * `kid`, or with one that is kept for the new key, that shows only in a signature that does not verify. So every failure
 * fetches the set again, and the pause between such requests keeps a forger from making us fetch it for each token.
 *
 * @throws what fetching the keys throws
 */
export async function findSigner(
  jws: CompactJws,
  keys: RememberedValue<KeySet>,
  { algorithm, kid }: KeyQuery,
): Promise<FoundSigner> {
  const signs = ({ object }: VerificationKey) => verifySignature(algorithm, object, jws);
  const key = candidateKeys(await keys.read(), algorithm, kid).find(signs);
  if (key !== undefined) return { key, isRefreshed: false, tried: 1 };
  const refreshed = candidateKeys(await keys.refresh(), algorithm, kid);
  return { key: refreshed.find(signs), isRefreshed: true, tried: refreshed.length };
}
