import { appError } from '../../contract/errors.ts';
import { insertDataKey, insertDataKeySeal, listDataKeys, listDataKeySeals, lockKeys } from './data-key-queries.ts';
import type { Tx } from '../database.ts';
import { dataKeyLeadSeconds } from './key-limits.ts';
import type { KeyringDeps } from './keyring.ts';
import { newDataKey } from './new-data-key.ts';

/**
 * Makes the next data key. It is used from {@link dataKeyLeadSeconds} on, when every node has read it, and then
 * everything is sealed anew in the background. While one is on its way already, that one is meant: of several that try
 * at once, one makes it. Returns its identifier, and whether it was made by this call.
 *
 * @throws `key_rotation_not_ready` when a root key is in use that this node does not have: other nodes could not open
 * the new key.
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
