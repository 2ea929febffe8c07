import type { Random } from '../kernel/random.ts';
import type { LiveKeyring } from '../storage/keys/keyring.ts';
import { currentCall } from './provider-call.ts';

const tokenBytes = 32;
const purpose = 'application-refresh-token-successor';

/**
 * The value of a new refresh token. One that replaces another is derived from it with a data key, so that two requests with
 * one token get the same successor although only hashes are stored. It cannot be derived without the key.
 */
export function newRefreshTokenValue({ keyring, random }: { keyring: LiveKeyring; random: Random }): string {
  const { exchanged } = currentCall();
  if (exchanged === undefined) return random.token(tokenBytes);
  const { refreshToken, successorKeyId } = exchanged;
  const derived =
    keyring.derive(refreshToken, { keyId: successorKeyId, purpose }) ??
    // That key was retired since. Every node has the current one.
    keyring.derive(refreshToken, { keyId: keyring.currentKeyId(), purpose });
  if (derived === undefined) throw new Error('the current data key is not in the keyring');
  return derived;
}
