import { appError } from '../../contract/errors.ts';
import { deleteSealsOfOtherRootKeys, listDataKeys, listDataKeySeals, lockKeys } from './data-key-queries.ts';
import type { Tx } from '../database.ts';

/**
 * Ends a rotation of the root key: removes the seals of other root keys, so that those keys open nothing. Call it when
 * every
 * node uses the new key; a node with another key refuses to start afterwards. Returns how many seals were removed.
 *
 * @throws `key_rotation_not_ready` if a data key has no seal of this root key.
 */
export async function forgetOtherRootKeys(tx: Tx, rootKeyId: string): Promise<number> {
  await lockKeys(tx);
  const seals = await listDataKeySeals(tx);
  const sealed = new Set(seals.filter((row) => row.root_key_id === rootKeyId).map((row) => row.data_key_id));
  const keys = await listDataKeys(tx);
  if (keys.some(({ id }) => !sealed.has(id))) throw appError('key_rotation_not_ready');
  return deleteSealsOfOtherRootKeys(tx, rootKeyId);
}
