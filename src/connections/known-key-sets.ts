import type { PublicClientKey } from '../contract/client-keys.ts';
import { isKnownError } from '../contract/errors.ts';
import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { clientKeySetsKnownMax, knownKeySetsAloneMs } from './client-key-limits.ts';

type ReadKeySet = (configId: string) => Promise<PublicClientKey[]>;

/**
 * Keeps the key sets that were published last and publishes them again while the database fails. Identity providers then
 * still verify the assertions of other nodes, and none of them replaces a good key set by an error.
 *
 * After a failure the database is left out for a moment, because one that hangs takes longer to fail than a provider
 * waits. A set that this node has not published since its start is not known.
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
