import type { Tx } from '../storage/database.ts';
import { lockKeys } from '../storage/keys/data-key-queries.ts';
import { makeSigningKey } from './make-signing-key.ts';
import { signingKeyDrainSeconds, signingKeyLeadSeconds, userTokenSecondsMax } from './signing-key-limits.ts';
import {
  deleteSigningKey,
  findLastMachineTokenEnd,
  insertSigningKey,
  listSigningKeys,
  retireSigningKey,
  type SigningKeyRow,
} from './signing-key-queries.ts';
import type { SigningKeysDeps } from './signing-keys.ts';

const dayMs = 86_400_000;

/**
 * Publishes the next signing key. It signs after {@link signingKeyLeadSeconds}, when every verifier has it. If a next
 * key exists already, that one is returned: of concurrent callers, one creates it. Returns its id, and whether this
 * call created it.
 */
export async function rotateSigningKey(
  { keyring, clock }: Pick<SigningKeysDeps, 'keyring' | 'clock'>,
  tx: Tx,
): Promise<{ id: string; isNew: boolean }> {
  await lockKeys(tx);
  const nowMs = clock.nowMs();
  const newest = (await listSigningKeys(tx)).at(-1);
  if (newest !== undefined && newest.active_from_at > nowMs) return { id: newest.id, isNew: false };
  const row = await makeSigningKey(keyring, { nowMs, activeFromAt: nowMs + signingKeyLeadSeconds * 1000 });
  await insertSigningKey(tx, row);
  return { id: row.id, isNew: true };
}

/**
 * One round of the background job: creates the next key when the newest is `rotationDays` old (0: never), deletes the
 * private key of keys that were replaced {@link signingKeyDrainSeconds} ago, and deletes keys whose last token has
 * expired. Each step happens once, however many nodes run the job.
 */
export async function advanceSigningKeys(deps: SigningKeysDeps, rotationDays: number): Promise<void> {
  const { database, clock } = deps;
  const rows = await listSigningKeys(database.db);
  if (!isAnythingDue(rows, { nowMs: clock.nowMs(), rotationDays })) return;
  await database.transaction(async (tx) => {
    await lockKeys(tx);
    const nowMs = clock.nowMs();
    const locked = await listSigningKeys(tx);
    for (const row of locked) {
      if (isOver(row, nowMs)) await deleteSigningKey(tx, row.id);
      else if (isSucceeded(locked, row, nowMs)) {
        // From now on the key signs nothing more, so its last token is known.
        const lastUserToken = nowMs + userTokenSecondsMax * 1000;
        const verifyUntilAt = Math.max(lastUserToken, await findLastMachineTokenEnd(tx));
        await retireSigningKey(tx, { id: row.id, retiredAt: nowMs, verifyUntilAt });
      }
    }
    if (isRotationDue(locked, nowMs, rotationDays)) await rotateSigningKey(deps, tx);
  });
}

function isAnythingDue(
  rows: readonly SigningKeyRow[],
  { nowMs, rotationDays }: { nowMs: number; rotationDays: number },
): boolean {
  return (
    isRotationDue(rows, nowMs, rotationDays) || rows.some((row) => isOver(row, nowMs) || isSucceeded(rows, row, nowMs))
  );
}

function isRotationDue(rows: readonly SigningKeyRow[], nowMs: number, rotationDays: number): boolean {
  const newest = rows.at(-1);
  return rotationDays > 0 && newest !== undefined && newest.created_at + rotationDays * dayMs <= nowMs;
}

function isSucceeded(rows: readonly SigningKeyRow[], row: SigningKeyRow, nowMs: number): boolean {
  const successor = rows[rows.indexOf(row) + 1];
  return (
    row.retired_at === null &&
    successor !== undefined &&
    successor.active_from_at + signingKeyDrainSeconds * 1000 <= nowMs
  );
}

function isOver(row: SigningKeyRow, nowMs: number): boolean {
  return row.verify_until_at !== null && row.verify_until_at <= nowMs;
}
