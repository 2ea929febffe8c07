import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, RequestOrigin } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import { pageOf } from '../contract/page.ts';
import type { MemberSession } from '../contract/sessions.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireAccess } from '../organizations/access.ts';
import { isIdentifier } from '../organizations/identifier.ts';
import type { Database } from '../storage/database.ts';
import { toSession } from './my-sessions.ts';
import { countSessionsOfOrganization, listSessionsOfOrganization } from './organization-session-queries.ts';
import { endSessions } from './queries.ts';

interface OrganizationSessionsDeps {
  readonly database: Database;
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

interface ListRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly query: { readonly offset?: number; readonly limit?: number; readonly userId?: string };
}

/** Who may change members may see and end their sessions of the organization; their other sessions are not its business. */
const question = { subject: 'member', action: 'edit' } as const;
const reason = 'ended by an admin';

/** A page of the live sessions that speak for an organization. */
export async function listOrganizationSessions(
  { database, clock }: OrganizationSessionsDeps,
  { actor, organizationId, query }: ListRequest,
): Promise<{ sessions: MemberSession[]; totalCount: number }> {
  const { id } = await requireAccess(database.db, actor, { organizationId, ...question });
  const { userId } = query;
  if (userId !== undefined && !isIdentifier(userId)) return { sessions: [], totalCount: 0 };
  const wanted = { organizationId: id, userId, nowMs: clock.nowMs() };
  const rows = await listSessionsOfOrganization(database.db, wanted, pageOf(query));
  return {
    sessions: rows.map((row) => ({ ...toSession(row, actor), userId: row.user_id, email: row.email })),
    totalCount: await countSessionsOfOrganization(database.db, wanted),
  };
}

interface EndRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly origin: RequestOrigin;
}

/**
 * Ends the sessions of one member, or of everyone when that was said; tells how many.
 *
 * @throws `validation_failed` when neither was said.
 */
export async function endOrganizationSessions(
  { database, audit, clock }: OrganizationSessionsDeps,
  { actor, organizationId, origin }: EndRequest,
  { userId, everyone = false }: { userId?: string; everyone?: boolean },
): Promise<number> {
  const organization = await requireAccess(database.db, actor, { organizationId, ...question });
  if ((userId !== undefined) === everyone) {
    const issue = { path: 'userId', code: 'required', message: 'must be given, or else everyone must be true' };
    throw appError('validation_failed', { meta: { issues: [issue] } });
  }
  if (userId !== undefined && !isIdentifier(userId)) return 0;
  const id = asId<OrganizationId>(organization.id);
  const which = { organizationId: id, ...(userId === undefined ? {} : { userId: asId<UserId>(userId) }) };
  return database.transaction(async (tx) => {
    const { length: endedSessions } = await endSessions(tx, which, { nowMs: clock.nowMs(), reason });
    if (endedSessions === 0) return 0;
    await audit(tx, {
      organizationId: id,
      actor: auditActor(actor),
      event: { type: 'organization-sessions-end', metadata: { userId: userId ?? null, endedSessions, reason } },
      origin,
    });
    return endedSessions;
  });
}

/** Ends one session. @throws `session_not_found` for one that has ended or speaks for another organization. */
export async function endOrganizationSession(
  { database, audit, clock }: OrganizationSessionsDeps,
  { actor, organizationId, origin }: EndRequest,
  sessionId: string,
): Promise<void> {
  const organization = await requireAccess(database.db, actor, { organizationId, ...question });
  if (!isIdentifier(sessionId)) throw appError('session_not_found');
  const id = asId<OrganizationId>(organization.id);
  await database.transaction(async (tx) => {
    const [ended] = await endSessions(tx, { id: sessionId, organizationId: id }, { nowMs: clock.nowMs(), reason });
    if (ended === undefined) throw appError('session_not_found');
    await audit(tx, {
      organizationId: id,
      actor: auditActor(actor),
      event: { type: 'session-end', metadata: { sessionId, userId: ended.user_id, reason } },
      origin,
    });
  });
}
