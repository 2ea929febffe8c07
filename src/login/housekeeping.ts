import { knownNetworkDays } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import { deleteMailsBefore } from '../invitations/mail-queries.ts';
import { deleteInvitationsBefore } from '../invitations/queries.ts';
import { pruneRecords, type RecordLimits } from '../login-attempts/prune-records.ts';
import type { Database } from '../storage/database.ts';
import { deleteClientKeysBefore } from '../sso-config/client-key-queries.ts';
import { deleteKnownNetworksBefore } from '../tokens/attempt-queries.ts';
import { deleteAttemptCountsBefore, deleteSessionsBefore } from './queries.ts';

const dayMs = 86_400_000;

/** Sessions that have expired are kept so long for those who ask what happened. */
const expiredSessionDays = 30;
/** Invitations that are over are kept so long for the admins who sent them. */
const endedInvitationDays = 90;
/** What became of messages is kept as long as the invitations that they were about. */
const mailRecordDays = 120;

/** Removes what nobody needs any more, so that no table grows with time alone. */
export async function tidyUp(
  { database, clock }: { database: Database; clock: Clock },
  records: RecordLimits,
): Promise<void> {
  const nowMs = clock.nowMs();
  await database.transaction(async (tx) => {
    await deleteAttemptCountsBefore(tx, nowMs - dayMs);
    await deleteKnownNetworksBefore(tx, nowMs - knownNetworkDays * dayMs);
    await deleteInvitationsBefore(tx, nowMs - endedInvitationDays * dayMs);
    await deleteMailsBefore(tx, nowMs - mailRecordDays * dayMs);
    await deleteClientKeysBefore(tx, nowMs);
    await deleteSessionsBefore(tx, nowMs - expiredSessionDays * dayMs);
  });
  await pruneRecords({ database, clock }, records);
}
