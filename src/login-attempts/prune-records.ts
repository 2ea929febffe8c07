import { attemptLifetimeSeconds } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database, Tx } from '../storage/database.ts';
import { createHousekeepingPace, type HousekeepingPace } from '../storage/housekeeping-pace.ts';
import {
  deleteRecords,
  deleteRefusalCounts,
  findFirstBeyond,
  listRecordsOfOrganizations,
  type RecordPlace,
  type RecordsMeant,
  type RecordsOfOrganization,
} from './prune-queries.ts';

/** How long records are kept, and how many per organization. Refused sign-ins and others are limited separately. */
export interface RecordLimits {
  readonly days: number;
  readonly keptMax: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Batches in one round. The next round deletes the rest. */
const batchesPerRound = 2_000;
/** Organizations that one statement looks at. */
const organizationsPerLook = 10;
/** Records that one statement counts or skips, per organization. */
const recordsPerLook = 5_000;
/**
 * An attempt that was only counted is kept until its cookie has expired, whatever the clock of the node. Until then its
 * callback cannot be repeated.
 */
const omittedKeptMs = 2 * attemptLifetimeSeconds * 1000;

/** Greater than every identifier. */
const last = '\u{10ffff}';

/**
 * Deletes records that are too old, and the oldest records of each organization that has too many. Refused sign-ins
 * count separately, so that a flood of refusals does not delete the records of successful sign-ins.
 *
 * Each statement reads and deletes a bounded number of rows. After each statement the pace leaves time for requests.
 */
export async function pruneRecords(
  {
    database,
    clock,
    pacing = createHousekeepingPace(database),
  }: { database: Database; clock: Clock; pacing?: HousekeepingPace },
  { days, keptMax }: RecordLimits,
): Promise<void> {
  const nowMs = clock.nowMs();
  const { rowsAtOnce, pace } = pacing;
  const tooOld = { created_at: nowMs - days * dayMs - 1, id: last };
  const budget = { batches: batchesPerRound };
  const inBatches = async (deleteSome: (tx: Tx) => Promise<number>) => {
    for (let deleted = rowsAtOnce; deleted === rowsAtOnce && budget.batches > 0; budget.batches -= 1) {
      deleted = await pace(async () => database.transaction(deleteSome, { durability: 'relaxed' }));
    }
  };
  const prune = async (meant: RecordsMeant, upTo: RecordPlace) =>
    inBatches(async (tx) => deleteRecords(tx, meant, { upTo, limit: rowsAtOnce }));
  await prune({ organizationId: null, kind: 'omitted' }, { created_at: nowMs - omittedKeptMs - 1, id: last });
  await prune({ organizationId: null, kind: 'all' }, tooOld);
  const countMax = Math.min(keptMax, recordsPerLook) + 1;
  for await (const { id: organizationId, oldestMs, refused, signedIn } of organizations(
    { database, pacing },
    countMax,
  )) {
    if (oldestMs !== null && oldestMs <= tooOld.created_at) await prune({ organizationId, kind: 'all' }, tooOld);
    for (const [kind, count] of [
      ['refused', refused],
      ['signed-in', signedIn],
    ] as const) {
      const meant = { organizationId, kind };
      const beyond = count === countMax ? await firstBeyond({ database, pacing }, meant, keptMax) : undefined;
      if (beyond !== undefined) await prune(meant, beyond);
    }
  }
  for (const [kind, beforeMs] of [
    ['all-recorded', nowMs - hourMs],
    ['some-omitted', tooOld.created_at],
  ] as const) {
    await inBatches(async (tx) => deleteRefusalCounts(tx, { kind, beforeMs, limit: rowsAtOnce }));
  }
}

interface Looking {
  readonly database: Database;
  readonly pacing: HousekeepingPace;
}

async function* organizations({ database, pacing }: Looking, countMax: number): AsyncGenerator<RecordsOfOrganization> {
  let afterId = '';
  for (;;) {
    const look = { afterId, limit: organizationsPerLook, countMax };
    const some = await pacing.pace(async () => listRecordsOfOrganizations(database.db, look));
    yield* some;
    const next = some.at(-1);
    if (next === undefined || some.length < organizationsPerLook) return;
    afterId = next.id;
  }
}

/** Finds the newest record that is one too many, in steps. */
async function firstBeyond(
  { database, pacing }: Looking,
  meant: RecordsMeant,
  keptMax: number,
): Promise<RecordPlace | undefined> {
  let place: RecordPlace | undefined;
  for (let left = keptMax; ;) {
    const skipped = Math.min(left, recordsPerLook);
    const from = place;
    place = await pacing.pace(async () => findFirstBeyond(database.db, { ...meant, olderThan: from }, skipped));
    if (place === undefined || left === skipped) return place;
    left -= skipped + 1;
  }
}
