import { open, seal, sealedWith, SealBrokenError, type SealingKey } from '../kernel/sealed-box.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Database, Db, Tx } from './database.ts';
import { StorageStartError } from './start-error.ts';

/** Seals what must not be readable in the database, a copy of it or a backup. */
export interface Keyring {
  /** Seals a text for one purpose; it opens only where the same purpose is named. */
  seal(plaintext: string, purpose: string): string;
  /** @throws {SealBrokenError} when the text was altered, moved, or sealed with a key that is not here. */
  open(sealed: string, purpose: string): string;
}

interface KeyringDeps {
  readonly database: Database;
  readonly rootKey: SealingKey;
  readonly clock: Clock;
  readonly random: Random;
}

const dataKeyBytes = 32;
const checkName = 'root-key-check';

/**
 * Opens the data keys with the operator's root key, making the first on an empty database (envelope encryption: the
 * root key seals data keys, and these seal everything else, so a new root key means to re-seal a few rows only).
 *
 * @throws {StorageStartError} when the database was made with another root key.
 */
export async function openKeyring(deps: KeyringDeps): Promise<Keyring> {
  await checkRootKey(deps);
  const rows = await listDataKeys(deps.database.db);
  const keys = new Map(rows.map((row) => [row.id, openDataKey(deps.rootKey, row)] as const));
  const newest = rows.findLast((row) => row.retired_at === null);
  const current = newest && keys.get(newest.id);
  if (current === undefined) throw new StorageStartError('The database holds no active data key.');
  return {
    seal: (plaintext, purpose) => seal(current, plaintext, purpose),
    open: (sealed, purpose) => {
      const key = keys.get(sealedWith(sealed) ?? '');
      if (key === undefined) throw new SealBrokenError('sealed with a key that is not here');
      return open(key, sealed, purpose);
    },
  };
}

// The first start writes the check and the first data key together. Of nodes that start at once, one does.
async function checkRootKey({ database, rootKey, clock, random }: KeyringDeps): Promise<void> {
  if ((await findState(database.db, checkName)) === undefined) {
    await database.transaction(async (tx) => {
      const isFirst = await claimState(tx, checkName, seal(rootKey, checkName, checkName));
      if (isFirst) await insertDataKey(tx, newDataKey({ rootKey, random, nowMs: clock.nowMs() }));
    });
  }
  const check = await findState(database.db, checkName);
  if (check === undefined || !opens(rootKey, check)) {
    throw new StorageStartError(
      'The root key is not the one that this database was made with. Set SALLYPORT_ROOT_KEY or SALLYPORT_ROOT_KEY_FILE to that key.',
    );
  }
}

function opens(rootKey: SealingKey, check: string): boolean {
  try {
    return open(rootKey, check, checkName) === checkName;
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return false;
    throw thrown;
  }
}

interface DataKeyRow {
  readonly id: string;
  readonly sealed_key: string;
  readonly root_key_id: string;
  readonly created_at: number;
  readonly retired_at: number | null;
}

function newDataKey({ rootKey, random, nowMs }: { rootKey: SealingKey; random: Random; nowMs: number }): DataKeyRow {
  const id = random.token(9);
  const sealedKey = seal(rootKey, random.bytes(dataKeyBytes).toString('base64'), dataKeyPurpose(id));
  return { id, sealed_key: sealedKey, root_key_id: rootKey.id, created_at: nowMs, retired_at: null };
}

function openDataKey(rootKey: SealingKey, row: DataKeyRow): SealingKey {
  return { id: row.id, bytes: Buffer.from(open(rootKey, row.sealed_key, dataKeyPurpose(row.id)), 'base64') };
}

function dataKeyPurpose(id: string): string {
  return `data-key:${id}`;
}

async function listDataKeys(db: Db): Promise<DataKeyRow[]> {
  return db.selectFrom('data_keys').selectAll().orderBy('created_at').orderBy('id').execute();
}

async function insertDataKey(tx: Tx, row: DataKeyRow): Promise<void> {
  await tx.insertInto('data_keys').values(row).execute();
}

async function findState(db: Db, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('server_state').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

async function claimState(tx: Tx, key: string, value: string): Promise<boolean> {
  const result = await tx
    .insertInto('server_state')
    .values({ key, value })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
