import { knownNetworkDays } from '../contract/limits.ts';
import { deleteFailuresBefore } from '../machine-login/failure-queries.ts';
import type { Clock } from '../kernel/clock.ts';
import { deleteMailsBefore } from '../invitations/mail-queries.ts';
import { deleteInvitationsBefore } from '../invitations/queries.ts';
import { pruneRecords, type RecordLimits } from '../login-attempts/prune-records.ts';
import type { Database, Tx } from '../storage/database.ts';
import { createHousekeepingPace } from '../storage/housekeeping-pace.ts';
import { deleteClientKeysBefore } from '../connections/client-key-queries.ts';
import { deleteTokensExpiredBefore } from '../openid-provider/token-queries.ts';
import { deleteKnownNetworksBefore } from '../sessions/attempt-queries.ts';
import { deleteAttemptCountsBefore, deleteSessionsBefore } from './queries.ts';

const dayMs = 86_400_000;

/** Longer than the longest lockout of a machine identity, which is a day. */
const lockoutMemoryDays = 2;
/** How long expired sessions are kept for investigations. */
const expiredSessionDays = 30;
/** How long ended invitations are kept for the admins who sent them. */
const endedInvitationDays = 90;
/** How long messages are kept: as long as their invitations. */
const mailRecordDays = 120;

/** Batches of one table per round. The next round deletes the rest. */
const batchesPerRound = 2_000;

/** A table with old rows, and the query that deletes some of them and returns their number. */
interface Removal {
  readonly deleteSome: (tx: Tx, beforeMs: number, limit: number) => Promise<number>;
  readonly beforeMs: number;
}

/**
 * Deletes old rows, so that no table grows over time. It works in small batches and leaves most of the time between
 * them to requests.
 */
export async function tidyUp(
  { database, clock }: { database: Database; clock: Clock },
  records: RecordLimits,
): Promise<void> {
  const nowMs = clock.nowMs();
  const pacing = createHousekeepingPace(database);
  const { rowsAtOnce, pace } = pacing;
  const removals: readonly Removal[] = [
    { deleteSome: deleteAttemptCountsBefore, beforeMs: nowMs - dayMs },
    { deleteSome: deleteFailuresBefore, beforeMs: nowMs - lockoutMemoryDays * dayMs },
    { deleteSome: deleteKnownNetworksBefore, beforeMs: nowMs - knownNetworkDays * dayMs },
    { deleteSome: deleteInvitationsBefore, beforeMs: nowMs - endedInvitationDays * dayMs },
    { deleteSome: deleteMailsBefore, beforeMs: nowMs - mailRecordDays * dayMs },
    { deleteSome: deleteClientKeysBefore, beforeMs: nowMs },
    { deleteSome: deleteTokensExpiredBefore, beforeMs: nowMs },
    { deleteSome: deleteSessionsBefore, beforeMs: nowMs - expiredSessionDays * dayMs },
  ];
  for (const { deleteSome, beforeMs } of removals) {
    for (let deleted = rowsAtOnce, batches = 0; deleted === rowsAtOnce && batches < batchesPerRound; batches += 1) {
      deleted = await pace(async () =>
        database.transaction(async (tx) => deleteSome(tx, beforeMs, rowsAtOnce), { durability: 'relaxed' }),
      );
    }
  }
  await pruneRecords({ database, clock, pacing }, records);
}
