import type { Actor } from '../../contract/actor.ts';
import type { EmergencyUses } from '../../contract/enforcement.ts';
import { type Page, pageOf } from '../../contract/page.ts';
import { requireAccess } from '../read-access.ts';
import type { Database } from '../../storage/database.ts';
import { countEmergencyUses, findSeenUntil, listEmergencyUses as listRows } from './emergency-use-list-queries.ts';

const question = { subject: 'audit-logs', action: 'read' } as const;

/** A page of the sessions that bypassed the enforcement, and the number of new ones by others. */
export async function listEmergencyUses(
  { database: { db } }: { database: Database },
  { actor, organizationId, query }: { actor: Actor; organizationId: string; query: Partial<Page> },
): Promise<EmergencyUses> {
  const { id } = await requireAccess({ db }, actor, { organizationId, ...question });
  const userId = actor.kind === 'user' ? actor.userId : '';
  const seenUntilMs = await findSeenUntil(db, id, userId);
  const rows = await listRows(db, id, pageOf(query));
  return {
    uses: rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      userId: row.user_id,
      email: row.email,
      sessionId: row.session_id,
      ip: row.ip_address,
      userAgent: row.user_agent,
      createdAt: new Date(row.created_at).toISOString(),
      isSeen: row.created_at <= seenUntilMs || row.user_id === userId,
    })),
    totalCount: await countEmergencyUses(db, id),
    unseenCount: await countEmergencyUses(db, id, { afterMs: seenUntilMs, exceptUserId: userId }),
  };
}
