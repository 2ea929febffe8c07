import { appError } from '../../contract/errors.ts';
import { deleteSealsOfOtherRootKeys, listDataKeys, listDataKeySeals, lockKeys } from './data-key-queries.ts';
import type { Tx } from '../database.ts';

/**
 * Ends a change of the root key: removes what other root keys have sealed, so that these open nothing any more. For
 * when every node runs with the new one; whoever is started with another afterwards refuses to start. Returns how many
 * seals were removed.
 *
 * @throws `key_rotation_not_ready` when a data key lacks the seal of this root key.
 */
export async function forgetOtherRootKeys(tx: Tx, rootKeyId: string): Promise<number> {
  await lockKeys(tx);
  const seals = await listDataKeySeals(tx);
  const sealed = new Set(seals.filter((row) => row.root_key_id === rootKeyId).map((row) => row.data_key_id));
  const keys = await listDataKeys(tx);
  if (keys.some(({ id }) => !sealed.has(id))) throw appError('key_rotation_not_ready');
  return deleteSealsOfOtherRootKeys(tx, rootKeyId);
}
