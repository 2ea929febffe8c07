import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { createDerivation, open, seal, sealedWith, SealBrokenError, type SealingKey } from '../../kernel/sealed-box.ts';
import type { Database } from '../database.ts';
import {
  claimFirstDataKey,
  type DataKeyRow,
  type DataKeySealRow,
  insertDataKey,
  insertDataKeySeal,
  listDataKeys,
  listDataKeySeals,
} from './data-key-queries.ts';
import { dataKeyPurpose, newDataKey, sealOf } from './new-data-key.ts';
import { StorageStartError } from '../start-error.ts';

/** Seals what must not be readable in the database, a copy of it or a backup. */
export interface Keyring {
  /** Seals a text for one purpose; it opens only where the same purpose is named. */
  seal(plaintext: string, purpose: string): string;
  /** @throws {SealBrokenError} when the text was altered, moved, or sealed with a key that is not here. */
  open(sealed: string, purpose: string): string;
}

/** A keyring that follows what other nodes do to the data keys. */
export interface LiveKeyring extends Keyring {
  /** The data key that seals at this moment. */
  currentKeyId(): string;
  /**
   * Derives a secret from a text with one data key, for one purpose: 43 characters of base64url. Every node that has the
   * key derives the same one. Returns `undefined` when the key is not here, because it was retired.
   */
  derive(text: string, from: { keyId: string; purpose: string }): string | undefined;
  /**
   * Reads the data keys again, and adds the seal of this node's root key where it is missing. When that fails, the keys
   * that were known stay.
   *
   * @throws {StorageStartError} when a data key cannot be opened with the root keys of this node.
   */
  refresh(): Promise<void>;
}

export interface KeyringDeps {
  readonly database: Database;
  /** The operator's root key. */
  readonly rootKey: SealingKey;
  /** Root keys that open besides: the one before, or the one to come. */
  readonly otherRootKeys?: readonly SealingKey[];
  readonly clock: Clock;
  readonly random: Random;
}

interface OpenedKey {
  readonly key: SealingKey;
  readonly activeFromAt: number;
  /** What derives secrets with the key, by purpose. The program knows the purposes, so there are few. */
  readonly derivations: Map<string, (text: string) => string>;
}

/**
 * Opens the data keys with the operator's root keys, making the first on an empty database (envelope encryption: root
 * keys seal data keys, and these seal everything else, so a new root key means to seal a few rows more).
 *
 * Every data key gets a seal of the current root key and keeps those of others, so that while nodes are restarted one
 * by one with the next root key, each can open all: those that know only the one before, too.
 *
 * @throws {StorageStartError} when the root keys are not those of this database.
 */
export async function openKeyring(deps: KeyringDeps): Promise<LiveKeyring> {
  if ((await listDataKeys(deps.database.db)).length === 0) await makeFirstDataKey(deps);
  let keys = await readDataKeys(deps);
  const current = () => currentOf(keys, deps.clock.nowMs()).key;
  return {
    seal: (plaintext, purpose) => seal(current(), plaintext, purpose),
    open: (sealed, purpose) => {
      const key = keys.find((candidate) => candidate.key.id === sealedWith(sealed))?.key;
      if (key === undefined) throw new SealBrokenError('sealed with a key that is not here');
      return open(key, sealed, purpose);
    },
    currentKeyId: () => current().id,
    derive: (text, { keyId, purpose }) => {
      const from = keys.find((candidate) => candidate.key.id === keyId);
      return from && derivationOf(from, purpose)(text);
    },
    refresh: async () => {
      keys = await readDataKeys(deps);
    },
  };
}

// The first is in use at once; of nodes that start together, one makes it.
async function makeFirstDataKey({ database, rootKey, clock, random }: KeyringDeps): Promise<void> {
  const nowMs = clock.nowMs();
  const { row, seals } = newDataKey({ rootKeys: [rootKey], random, nowMs, activeFromAt: nowMs });
  await database.transaction(async (tx) => {
    if (!(await claimFirstDataKey(tx, row.id))) return;
    await insertDataKey(tx, row);
    for (const each of seals) await insertDataKeySeal(tx, each);
  });
}

// In the order of their use. The oldest stands in for the moment when a clock is behind the node that made it.
function currentOf(keys: readonly OpenedKey[], nowMs: number): OpenedKey {
  const current = keys.findLast(({ activeFromAt }) => activeFromAt <= nowMs) ?? keys[0];
  if (current === undefined) throw new StorageStartError('The database holds no data key.');
  return current;
}

async function readDataKeys(deps: KeyringDeps): Promise<OpenedKey[]> {
  const { database, rootKey, clock } = deps;
  const rows = await listDataKeys(database.db);
  const seals = await listDataKeySeals(database.db);
  const opened = rows.map((row) => ({
    key: openDataKey(deps, row, seals),
    activeFromAt: row.active_from_at,
    derivations: new Map<string, (text: string) => string>(),
  }));
  currentOf(opened, clock.nowMs());
  const missing = opened.filter(({ key }) => !seals.some((each) => isSealOf(each, key.id, rootKey.id)));
  if (missing.length > 0) {
    await database.transaction(async (tx) => {
      for (const { key } of missing) await insertDataKeySeal(tx, sealOf(key, rootKey, clock.nowMs()));
    });
  }
  return opened;
}

function derivationOf({ key, derivations }: OpenedKey, purpose: string): (text: string) => string {
  const derive = derivations.get(purpose) ?? createDerivation(key, purpose);
  derivations.set(purpose, derive);
  return derive;
}

function isSealOf(row: DataKeySealRow, dataKeyId: string, rootKeyId: string): boolean {
  return row.data_key_id === dataKeyId && row.root_key_id === rootKeyId;
}

function openDataKey(
  { rootKey, otherRootKeys = [] }: KeyringDeps,
  { id }: DataKeyRow,
  seals: readonly DataKeySealRow[],
): SealingKey {
  for (const root of [rootKey, ...otherRootKeys]) {
    const row = seals.find((each) => isSealOf(each, id, root.id));
    const bytes = row && openWith(root, row);
    if (bytes !== undefined) return { id, bytes };
  }
  throw new StorageStartError(
    'The root key is not the one that this database was made with. Set SALLYPORT_ROOT_KEY or SALLYPORT_ROOT_KEY_FILE to that key, or name it among SALLYPORT_OTHER_ROOT_KEYS or SALLYPORT_OTHER_ROOT_KEY_FILES.',
  );
}

function openWith(rootKey: SealingKey, row: DataKeySealRow): Buffer | undefined {
  try {
    return Buffer.from(open(rootKey, row.sealed_key, dataKeyPurpose(row.data_key_id)), 'base64');
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}
