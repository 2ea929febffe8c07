import type { Tx } from '../storage/database.ts';
import { lockKeys } from '../storage/keys/data-key-queries.ts';
import { makeSigningKey, signingAlgorithm } from './make-signing-key.ts';
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

/** A signing key that a rotation leads to. */
export interface NextSigningKey {
  readonly id: string;
  /** Whether this call created it. */
  readonly isNew: boolean;
}

/**
 * Publishes the next signing key of each algorithm in use, the algorithm of the server's own tokens first. It signs after
 * {@link signingKeyLeadSeconds}, when every verifier has it. A next key that exists already stays: of concurrent callers,
 * one creates it.
 */
export async function rotateSigningKeys(
  deps: Pick<SigningKeysDeps, 'keyring' | 'clock'>,
  tx: Tx,
): Promise<NextSigningKey[]> {
  await lockKeys(tx);
  const families = familiesOf(await listSigningKeys(tx));
  const next: NextSigningKey[] = [];
  for (const family of families) next.push(await rotateFamily(deps, tx, family));
  return next;
}

async function rotateFamily(
  { keyring, clock }: Pick<SigningKeysDeps, 'keyring' | 'clock'>,
  tx: Tx,
  { algorithm, rows }: Family,
): Promise<NextSigningKey> {
  const nowMs = clock.nowMs();
  const newest = rows.at(-1);
  if (newest !== undefined && newest.active_from_at > nowMs) return { id: newest.id, isNew: false };
  const row = await makeSigningKey(keyring, { algorithm, nowMs, activeFromAt: nowMs + signingKeyLeadSeconds * 1000 });
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
    for (const family of familiesOf(await listSigningKeys(tx))) {
      await advanceFamily(deps, tx, { family, nowMs, rotationDays });
    }
  });
}

async function advanceFamily(
  deps: SigningKeysDeps,
  tx: Tx,
  { family, nowMs, rotationDays }: { family: Family; nowMs: number; rotationDays: number },
): Promise<void> {
  const { rows } = family;
  for (const row of rows) {
    if (isOver(row, nowMs)) await deleteSigningKey(tx, row.id);
    else if (isSucceeded(rows, row, nowMs)) {
      // From now on the key signs nothing more, so its last token is known.
      const lastUserToken = nowMs + userTokenSecondsMax * 1000;
      const verifyUntilAt = Math.max(lastUserToken, await findLastMachineTokenEnd(tx));
      await retireSigningKey(tx, { id: row.id, retiredAt: nowMs, verifyUntilAt });
    }
  }
  if (isRotationDue(rows, nowMs, rotationDays)) await rotateFamily(deps, tx, family);
}

/** The keys of one algorithm, in order of use. */
interface Family {
  readonly algorithm: SigningKeyRow['algorithm'];
  readonly rows: readonly SigningKeyRow[];
}

/** Keys by algorithm, that of the server's own tokens first. */
function familiesOf(rows: readonly SigningKeyRow[]): Family[] {
  const byAlgorithm = Map.groupBy(rows, ({ algorithm }) => algorithm);
  const families = [...byAlgorithm].map(([algorithm, ofAlgorithm]) => ({ algorithm, rows: ofAlgorithm }));
  return families.toSorted((one, other) => Number(isOwn(other)) - Number(isOwn(one)));
}

function isOwn({ algorithm }: Family): boolean {
  return algorithm === signingAlgorithm;
}

function isAnythingDue(
  rows: readonly SigningKeyRow[],
  { nowMs, rotationDays }: { nowMs: number; rotationDays: number },
): boolean {
  return familiesOf(rows).some(
    (family) =>
      isRotationDue(family.rows, nowMs, rotationDays) ||
      family.rows.some((row) => isOver(row, nowMs) || isSucceeded(family.rows, row, nowMs)),
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
