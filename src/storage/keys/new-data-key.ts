import type { Random } from '../../kernel/random.ts';
import { seal, type SealingKey } from '../../kernel/sealed-box.ts';
import type { DataKeyRow, DataKeySealRow } from './data-key-queries.ts';

const dataKeyBytes = 32;

/** The purpose of a data key's seal: the seal in one row does not open as another data key. */
export function dataKeyPurpose(id: string): string {
  return `data-key:${id}`;
}

/** Creates a data key and its seals, one for each root key. */
export function newDataKey({
  rootKeys,
  random,
  nowMs,
  activeFromAt,
}: {
  rootKeys: readonly SealingKey[];
  random: Random;
  nowMs: number;
  activeFromAt: number;
}): { row: DataKeyRow; seals: DataKeySealRow[] } {
  const key = { id: random.token(9), bytes: random.bytes(dataKeyBytes) };
  const seals = rootKeys.map((rootKey) => sealOf(key, rootKey, nowMs));
  return { row: { id: key.id, created_at: nowMs, active_from_at: activeFromAt, retired_at: null }, seals };
}

/** The row of a data key that is sealed by a root key. */
export function sealOf(key: SealingKey, rootKey: SealingKey, nowMs: number): DataKeySealRow {
  const sealedKey = seal(rootKey, key.bytes.toString('base64'), dataKeyPurpose(key.id));
  return { data_key_id: key.id, root_key_id: rootKey.id, sealed_key: sealedKey, created_at: nowMs };
}
