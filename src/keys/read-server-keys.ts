import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { ServerKeys } from '../contract/keys.ts';
import { countAllSealedBy } from '../storage/keys/advance-data-keys.ts';
import { listDataKeys, listDataKeySeals } from '../storage/keys/data-key-queries.ts';
import { listSigningKeys } from '../signing-keys/signing-key-queries.ts';
import type { KeysDeps } from './keys-deps.ts';
import { sealedColumns } from './sealed-columns.ts';

/**
 * The server's keys for instance admins: their states, and how many values are still encrypted with an old key, which
 * shows the progress of a rotation.
 *
 * @throws `permission_denied`
 */
export async function readServerKeys(deps: KeysDeps, actor: Actor): Promise<ServerKeys> {
  if (!actor.isInstanceAdmin) throw appError('permission_denied');
  return {
    rootKeys: await readRootKeys(deps),
    dataKeys: await readDataKeys(deps),
    signingKeys: await readSigning(deps),
  };
}

async function readRootKeys({ database, rootKeys }: KeysDeps): Promise<ServerKeys['rootKeys']> {
  const seals = await listDataKeySeals(database.db);
  const current = rootKeys.current.id;
  const ids = new Set([current, ...seals.map((row) => row.root_key_id)]);
  return [...ids].map((id) => ({
    id,
    isCurrent: id === current,
    sealedDataKeys: seals.filter((row) => row.root_key_id === id).length,
  }));
}

async function readDataKeys({ database, clock }: KeysDeps): Promise<ServerKeys['dataKeys']> {
  const rows = await listDataKeys(database.db);
  const stateOf = createStateOf(rows, clock.nowMs());
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      state: stateOf(row),
      ...timesOf(row),
      sealedValues: await countAllSealedBy(database.db, sealedColumns, row.id),
    })),
  );
}

async function readSigning({ database, clock }: KeysDeps): Promise<ServerKeys['signingKeys']> {
  const rows = await listSigningKeys(database.db);
  const nowMs = clock.nowMs();
  const states = [...Map.groupBy(rows, ({ algorithm }) => algorithm)].map(
    ([algorithm, ofAlgorithm]) => [algorithm, createStateOf(ofAlgorithm, nowMs)] as const,
  );
  const stateOf = new Map(states);
  return rows.map((row) => ({
    id: row.id,
    algorithm: row.algorithm,
    state: stateOf.get(row.algorithm)?.(row) ?? 'old',
    ...timesOf(row),
    verifyUntil: toTime(row.verify_until_at),
  }));
}

interface TimedRow {
  readonly id: string;
  readonly created_at: number;
  readonly active_from_at: number;
  readonly retired_at: number | null;
}

// Rows are in order of use.
function createStateOf(rows: readonly TimedRow[], nowMs: number): (row: TimedRow) => 'next' | 'current' | 'old' {
  const current = rows.findLast((row) => row.active_from_at <= nowMs);
  return (row) => {
    if (row.active_from_at > nowMs) return 'next';
    return row.id === current?.id ? 'current' : 'old';
  };
}

function timesOf(row: TimedRow) {
  return {
    createdAt: new Date(row.created_at).toISOString(),
    activeFrom: new Date(row.active_from_at).toISOString(),
    retiredAt: toTime(row.retired_at),
  };
}

function toTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
