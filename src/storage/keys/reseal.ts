import { SealBrokenError } from '../../kernel/sealed-box.ts';
import type { Database } from '../database.ts';
import { resealBatchMax } from './limits.ts';
import type { LiveKeyring } from './keyring.ts';
import { listSealedOtherwise, replaceSealed, type SealedColumn, type SealedRow } from './sealed-column-queries.ts';

export interface ResealDeps {
  readonly database: Database;
  readonly keyring: LiveKeyring;
  readonly columns: readonly SealedColumn[];
}

/** The progress of a pass. */
export interface ResealProgress {
  readonly resealed: number;
  /** Texts that do not open, because they were altered outside the server. They stay as they are. */
  readonly unreadable: number;
}

/**
 * Reseals with the current data key everything that an older one has sealed. Each batch is a transaction, so an
 * interrupted
 * pass can simply start again. A text that changes during the pass is skipped. `onProgress` is called after each batch.
 */
export async function resealAll(
  deps: ResealDeps,
  onProgress: (progress: ResealProgress) => void = () => undefined,
): Promise<ResealProgress> {
  let total: ResealProgress = { resealed: 0, unreadable: 0 };
  for (const column of deps.columns) {
    for (let after: string | undefined = ''; after !== undefined;) {
      const { last, progress } = await resealBatch(deps, column, after);
      total = {
        resealed: total.resealed + progress.resealed,
        unreadable: total.unreadable + progress.unreadable,
      };
      if (last !== undefined) onProgress(total);
      after = last;
    }
  }
  return total;
}

async function resealBatch(
  { database, keyring }: ResealDeps,
  column: SealedColumn,
  after: string,
): Promise<{ last: string | undefined; progress: ResealProgress }> {
  const keyId = keyring.currentKeyId();
  const rows = await listSealedOtherwise(database.db, column, { keyId, after, limit: resealBatchMax });
  const changes = rows.map((row) => ({ row, sealed: resealed(keyring, row) }));
  const count = await database.transaction(async (tx) => {
    let replaced = 0;
    for (const { row, sealed } of changes) {
      if (sealed !== undefined && (await replaceSealed(tx, column, { row, sealed }))) replaced += 1;
    }
    return replaced;
  });
  const unreadable = changes.filter(({ sealed }) => sealed === undefined).length;
  return { last: rows.at(-1)?.key, progress: { resealed: count, unreadable } };
}

function resealed(keyring: LiveKeyring, { sealed, purpose }: SealedRow): string | undefined {
  try {
    return keyring.seal(keyring.open(sealed, purpose), purpose);
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}
