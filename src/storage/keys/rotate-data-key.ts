import { appError } from '../../contract/errors.ts';
import { insertDataKey, insertDataKeySeal, listDataKeys, listDataKeySeals, lockKeys } from './data-key-queries.ts';
import type { Tx } from '../database.ts';
import { dataKeyLeadSeconds } from './limits.ts';
import type { KeyringDeps } from './keyring.ts';
import { newDataKey } from './new-data-key.ts';

/**
 * Creates the next data key. Nodes use it after {@link dataKeyLeadSeconds}, when every node has read it, and then
 * reseal
 * everything in the background. If a next key already waits for its time, that one is returned: of several simultaneous
 * calls, one creates it. Returns its id, and whether this call created it.
 *
 * @throws `key_rotation_not_ready` if a root key is in use that this node does not have: nodes that know only that root
 *   key
 * could not open the new key.
 */
export async function rotateDataKey(
  { rootKey, otherRootKeys = [], clock, random }: Omit<KeyringDeps, 'database'>,
  tx: Tx,
): Promise<{ id: string; isNew: boolean }> {
  await lockKeys(tx);
  const nowMs = clock.nowMs();
  const newest = (await listDataKeys(tx)).at(-1);
  if (newest !== undefined && newest.active_from_at > nowMs) return { id: newest.id, isNew: false };
  const inUse = new Set((await listDataKeySeals(tx)).map((row) => row.root_key_id)).add(rootKey.id);
  const rootKeys = [rootKey, ...otherRootKeys].filter(({ id }) => inUse.has(id));
  if (new Set(rootKeys.map(({ id }) => id)).size < inUse.size) throw appError('key_rotation_not_ready');
  const { row, seals } = newDataKey({ rootKeys, random, nowMs, activeFromAt: nowMs + dataKeyLeadSeconds * 1000 });
  await insertDataKey(tx, row);
  for (const each of seals) await insertDataKeySeal(tx, each);
  return { id: row.id, isNew: true };
}
