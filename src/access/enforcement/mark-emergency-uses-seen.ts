import type { UserActor } from '../../contract/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import { requireAccessShared } from '../access.ts';
import type { Database } from '../../storage/database.ts';
import { markSeenUntil } from './emergency-use-list-queries.ts';

const question = { subject: 'audit-logs', action: 'read' } as const;

/** Marks every use until now as seen by one admin. It is private to the admin and not audited. */
export async function markEmergencyUsesSeen(
  { database, clock }: { database: Database; clock: Clock },
  { actor, organizationId }: { actor: UserActor; organizationId: string },
): Promise<void> {
  await database.transaction(async (tx) => {
    const { id } = await requireAccessShared(tx, actor, { organizationId, ...question });
    await markSeenUntil(tx, { organization_id: id, user_id: actor.userId, seen_until_at: clock.nowMs() });
  });
}
