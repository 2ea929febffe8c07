import type { Actor } from '../contract/actor.ts';
import { pageOf } from '../contract/page.ts';
import type { MemberSession } from '../contract/sessions.ts';
import type { Clock } from '../kernel/clock.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import { toSession } from './my-sessions.ts';
import { countSessionsOfOrganization, listSessionsOfOrganization } from './organization-session-queries.ts';

interface ListRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly query: { readonly offset?: number; readonly limit?: number; readonly userId?: string };
}

/** A caller who may change members may see their sessions of the organization, and no others. */
const question = { subject: 'member', action: 'edit' } as const;

/** A page of the live sessions of an organization. */
export async function listOrganizationSessions(
  { database, clock }: { database: Database; clock: Clock },
  { actor, organizationId, query }: ListRequest,
): Promise<{ sessions: MemberSession[]; totalCount: number }> {
  const { id } = await requireAccess(database, actor, { organizationId, ...question });
  const { userId } = query;
  if (userId !== undefined && !isIdentifier(userId)) return { sessions: [], totalCount: 0 };
  const wanted = { organizationId: id, userId, nowMs: clock.nowMs() };
  const rows = await listSessionsOfOrganization(database.db, wanted, pageOf(query));
  return {
    sessions: rows.map((row) => ({ ...toSession(row, actor), userId: row.user_id, email: row.email })),
    totalCount: await countSessionsOfOrganization(database.db, wanted),
  };
}
