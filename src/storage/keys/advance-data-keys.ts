import type { Clock } from '../../kernel/clock.ts';
import { deleteDataKey, listDataKeys, lockKeys, setDataKeyRetired } from './data-key-queries.ts';
import type { Tx } from '../database.ts';
import { dataKeyKeptSeconds } from './limits.ts';
import { resealAll, type ResealDeps, type ResealProgress } from './reseal.ts';
import { countSealedBy, type SealedColumn } from './sealed-column-queries.ts';

/**
 * One round of the work after a data-key rotation: reads the keys again, reseals what an older key has sealed, and
 * removes
 * older keys that no longer seal anything. Any node may do it, and several may do it at once. The next round finishes
 * what a
 * killed node left.
 */
export async function advanceDataKeys(
  deps: ResealDeps & { readonly clock: Clock },
  onProgress?: (progress: ResealProgress) => void,
): Promise<void> {
  const { database, keyring, columns, clock } = deps;
  await keyring.refresh();
  const older = await olderKeys(deps);
  if (older.length === 0) return;
  await resealAll(deps, onProgress);
  await database.transaction(async (tx) => {
    await lockKeys(tx);
    for (const { id, retired_at } of older) {
      if ((await countAllSealedBy(tx, columns, id)) > 0) continue;
      const nowMs = clock.nowMs();
      if (retired_at === null) await setDataKeyRetired(tx, id, nowMs);
      else if (retired_at + dataKeyKeptSeconds * 1000 <= nowMs) await deleteDataKey(tx, id);
    }
  });
}

async function olderKeys({ database, keyring }: ResealDeps) {
  const rows = await listDataKeys(database.db);
  const current = rows.findIndex(({ id }) => id === keyring.currentKeyId());
  return rows.slice(0, Math.max(0, current));
}

/** How many texts a data key has sealed, in all columns. */
export async function countAllSealedBy(
  db: Tx | ResealDeps['database']['db'],
  columns: readonly SealedColumn[],
  keyId: string,
): Promise<number> {
  let count = 0;
  for (const column of columns) count += await countSealedBy(db, column, keyId);
  return count;
}
