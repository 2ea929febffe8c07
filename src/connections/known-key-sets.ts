import type { PublicClientKey } from '../contract/client-keys.ts';
import { isKnownError } from '../contract/errors.ts';
import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { clientKeySetsKnownMax, knownKeySetsAloneMs } from './client-key-limits.ts';

type ReadKeySet = (configId: string) => Promise<PublicClientKey[]>;

/**
 * Caches the published JWK Sets and publishes them while the database fails. Identity providers can then still verify
 * the assertions of other nodes, and do not replace a valid JWK Set by an error.
 *
 * After a failure, the database is skipped for a moment, because a hanging database takes longer to fail than a
 * provider waits. A JWK Set that this node has not published since its start is unknown.
 */
export function keepKeySets(read: ReadKeySet, clock: Clock): ReadKeySet {
  const known = createBoundedMap<PublicClientKey[]>(clientKeySetsKnownMax);
  let failedAtMs = -Infinity;

  return async (configId) => {
    const last = known.get(configId);
    if (last !== undefined && Math.abs(clock.nowMs() - failedAtMs) < knownKeySetsAloneMs) return last;
    try {
      const keys = await read(configId);
      known.set(configId, keys);
      return keys;
    } catch (thrown) {
      if (!isKnownError(thrown) || thrown.code !== 'storage_unavailable') {
        known.delete(configId);
        throw thrown;
      }
      failedAtMs = clock.nowMs();
      if (last === undefined) throw thrown;
      return last;
    }
  };
}
