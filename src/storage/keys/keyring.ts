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

/** Seals what must not be readable in the database or in a backup. */
export interface Keyring {
  /** Seals a text for one purpose. It opens only for the same purpose. */
  seal(plaintext: string, purpose: string): string;
  /** @throws {SealBrokenError} if the text was altered, moved, or sealed with an unknown key. */
  open(sealed: string, purpose: string): string;
}

/** A keyring that follows changes that other nodes make to the data keys. */
export interface LiveKeyring extends Keyring {
  /** The data key that seals now. */
  currentKeyId(): string;
  /**
   * Derives a secret from a text with one data key, for one purpose: 43 characters of base64url. Every node with the
   * key
   * derives the same secret. Returns `undefined` if the key is unknown, because it was retired.
   */
  derive(text: string, from: { keyId: string; purpose: string }): string | undefined;
  /**
   * Reads the data keys again and adds missing seals of this node's root key. If that fails, the known keys stay.
   *
   * @throws {StorageStartError} if a data key cannot be opened with the root keys of this node.
   */
  refresh(): Promise<void>;
}

export interface KeyringDeps {
  readonly database: Database;
  /** The operator's root key. */
  readonly rootKey: SealingKey;
  /** Other root keys that can open data keys: the previous or the next one. */
  readonly otherRootKeys?: readonly SealingKey[];
  readonly clock: Clock;
  readonly random: Random;
}

interface OpenedKey {
  readonly key: SealingKey;
  readonly activeFromAt: number;
  /** The derivations of secrets with the key, by purpose. The program defines the purposes, so there are few. */
  readonly derivations: Map<string, (text: string) => string>;
}

/**
 * Opens the data keys with the operator's root keys, and creates the first one in an empty database. This is envelope
 * encryption: root keys seal data keys, and data keys seal everything else, so a new root key reseals only a few rows.
 *
 * Every data key gets a seal of the current root key and keeps the seals of others. While nodes restart one by one with
 * the
 * next root key, each node can open all data keys, including nodes that know only the previous root key.
 *
 * @throws {StorageStartError} if the root keys do not belong to this database.
 */
export async function openKeyring(deps: KeyringDeps): Promise<LiveKeyring> {
  if ((await listDataKeys(deps.database.db)).length === 0) await makeFirstDataKey(deps);
  let keys = await readDataKeys(deps);
  const current = () => currentOf(keys, deps.clock.nowMs()).key;
  return {
    seal: (plaintext, purpose) => seal(current(), plaintext, purpose),
    open: (sealed, purpose) => {
      const key = keys.find((candidate) => candidate.key.id === sealedWith(sealed))?.key;
      if (key === undefined) throw new SealBrokenError('sealed with an unknown key');
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

// The first key is active at once. If several nodes start together, only one creates it.
async function makeFirstDataKey({ database, rootKey, clock, random }: KeyringDeps): Promise<void> {
  const nowMs = clock.nowMs();
  const { row, seals } = newDataKey({ rootKeys: [rootKey], random, nowMs, activeFromAt: nowMs });
  await database.transaction(async (tx) => {
    if (!(await claimFirstDataKey(tx, row.id))) return;
    await insertDataKey(tx, row);
    for (const each of seals) await insertDataKeySeal(tx, each);
  });
}

// Keys are in order of use. The oldest is used if this node's clock is behind that of the node that created it.
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
    'The root key does not belong to this database. Set SALLYPORT_ROOT_KEY or SALLYPORT_ROOT_KEY_FILE to the key that the database was created with, or add that key to SALLYPORT_OTHER_ROOT_KEYS or SALLYPORT_OTHER_ROOT_KEY_FILES.',
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
