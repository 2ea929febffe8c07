import type { Clock } from '../kernel/clock.ts';
import { deleteMailsBefore } from '../invitations/mail-queries.ts';
import { deleteInvitationsBefore } from '../invitations/queries.ts';
import type { Database } from '../storage/database.ts';
import { deleteAttemptCountsBefore, deleteAttemptsBefore, deleteSessionsBefore } from './queries.ts';

const dayMs = 86_400_000;

/** Records of sign-in attempts are kept so long for the admins who look into them. */
const attemptRecordDays = 30;
/** Sessions that have expired are kept so long for those who ask what happened. */
const expiredSessionDays = 30;
/** Invitations that are over are kept so long for the admins who sent them. */
const endedInvitationDays = 90;
/** What became of messages is kept as long as the invitations that they were about. */
const mailRecordDays = 120;

/** Removes what nobody needs any more, so that no table grows with time alone. */
export async function tidyUp({ database, clock }: { database: Database; clock: Clock }): Promise<void> {
  const nowMs = clock.nowMs();
  await database.transaction(async (tx) => {
    await deleteAttemptsBefore(tx, nowMs - attemptRecordDays * dayMs);
    await deleteAttemptCountsBefore(tx, nowMs - dayMs);
    await deleteInvitationsBefore(tx, nowMs - endedInvitationDays * dayMs);
    await deleteMailsBefore(tx, nowMs - mailRecordDays * dayMs);
    await deleteSessionsBefore(tx, nowMs - expiredSessionDays * dayMs);
  });
}
