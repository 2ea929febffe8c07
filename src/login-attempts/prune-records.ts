import { attemptLifetimeSeconds } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import {
  deleteRecords,
  deleteRefusalCounts,
  findFirstBeyond,
  listRecordsOfOrganizations,
  type RecordPlace,
  type RecordsMeant,
  type RecordsOfOrganization,
} from './prune-queries.ts';

/** How long records are kept, and how many of an organization: of refused sign-ins, and of others, so many each. */
export interface RecordLimits {
  readonly days: number;
  readonly keptMax: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Records that one transaction deletes: other writers wait for no more than that. */
const batchMax = 500;
/** Batches of one round; what is left is the next round's. */
const batchesPerRound = 400;
/** Organizations that are looked at in one statement. */
const organizationsPerLook = 20;
/** An attempt that was only counted refuses its callback until its cookie is too old, on whatever node's clock. */
const omittedKeptMs = 2 * attemptLifetimeSeconds * 1000;

/** Above every identifier. */
const last = '\u{10ffff}';

/**
 * Deletes the records that are too old, and of each organization the oldest that are too many. Refused sign-ins count
 * apart from the others: whoever has many refused does not push out who signed in.
 */
export async function pruneRecords(
  { database, clock }: { database: Database; clock: Clock },
  { days, keptMax }: RecordLimits,
): Promise<void> {
  const nowMs = clock.nowMs();
  const tooOld = { created_at: nowMs - days * dayMs - 1, id: last };
  const budget = { batches: batchesPerRound };
  const prune = async (meant: RecordsMeant, upTo: RecordPlace) => {
    const batch = { upTo, limit: batchMax };
    for (let deleted = batchMax; deleted === batchMax && budget.batches > 0; budget.batches -= 1) {
      deleted = await database.transaction(async (tx) => deleteRecords(tx, meant, batch), { durability: 'relaxed' });
    }
  };
  await prune({ organizationId: null, kind: 'omitted' }, { created_at: nowMs - omittedKeptMs - 1, id: last });
  await prune({ organizationId: null, kind: 'all' }, tooOld);
  for await (const { id: organizationId, oldestMs, refused, signedIn } of organizations(database)) {
    if (oldestMs !== null && oldestMs <= tooOld.created_at) await prune({ organizationId, kind: 'all' }, tooOld);
    for (const [kind, count] of [
      ['refused', refused],
      ['signed-in', signedIn],
    ] as const) {
      const meant = { organizationId, kind };
      const beyond = count > keptMax ? await findFirstBeyond(database.db, meant, keptMax) : undefined;
      if (beyond !== undefined) await prune(meant, beyond);
    }
  }
  const counts = { recordedBeforeMs: nowMs - hourMs, omittedBeforeMs: tooOld.created_at };
  await database.transaction(async (tx) => deleteRefusalCounts(tx, counts), { durability: 'relaxed' });
}

async function* organizations({ db }: Database): AsyncGenerator<RecordsOfOrganization> {
  let afterId = '';
  for (;;) {
    const some = await listRecordsOfOrganizations(db, { afterId, limit: organizationsPerLook });
    yield* some;
    const next = some.at(-1);
    if (next === undefined || some.length < organizationsPerLook) return;
    afterId = next.id;
  }
}
