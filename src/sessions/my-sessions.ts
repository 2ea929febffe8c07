import type { AuditedDatabase } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo, UserActor } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { sessionsListedMax } from '../contract/limits.ts';
import type { Session } from '../contract/sessions.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireCaller } from '../access/caller.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { shareOrganization } from '../access/queries.ts';
import type { Database } from '../storage/database.ts';
import { countLiveSessions, endSessions, listLiveSessions, type SessionRow } from './queries.ts';

/** A page of a member's own sessions, latest use first. */
export async function listMySessions(
  { database, clock }: { database: Database; clock: Clock },
  actor: UserActor,
  { offset = 0, limit = sessionsListedMax }: { offset?: number; limit?: number },
): Promise<{ rows: Session[]; totalCount: number }> {
  const which = { userId: actor.userId, ...reachOf(actor) };
  const nowMs = clock.nowMs();
  const rows = await listLiveSessions(database.db, { ...which, nowMs }, { offset, limit });
  return {
    rows: rows.map((row) => toSession(row, actor)),
    totalCount: await countLiveSessions(database.db, { ...which, nowMs }),
  };
}

/** Ends one of a member's own sessions, or all by default; returns their number. */
export async function endMySessions(
  { database, audit, clock }: { database: AuditedDatabase; audit: AppendAudit; clock: Clock },
  { actor, sessionId, clientInfo }: { actor: UserActor; sessionId: string | undefined; clientInfo: ClientInfo },
): Promise<number> {
  if (sessionId !== undefined && !isIdentifier(sessionId)) return 0;
  const { userId } = actor;
  const { organizationId } = reachOf(actor);
  const which =
    sessionId === undefined
      ? ({ kind: 'user', userId, organizationId: organizationId ?? 'all' } as const)
      : ({ kind: 'one', id: sessionId, userId, organizationId } as const);
  const reason = 'ended_by_user';
  return database.transaction(async (tx) => {
    // Either before or after a change by one of these sessions, never during it.
    if (actor.organizationId !== undefined) await shareOrganization(tx, actor.organizationId);
    await requireCaller(tx, actor);
    const ended = await endSessions(tx, which, { nowMs: clock.nowMs(), reason });
    for (const session of ended) {
      await audit(tx, {
        organizationId: session.organization_id === null ? undefined : asId<OrganizationId>(session.organization_id),
        actor: auditActor(actor),
        event: { type: 'session-end', metadata: { sessionId: session.id, userId: session.user_id, reason } },
        clientInfo,
      });
    }
    return ended.length;
  });
}

// A user who signed in through an organization's identity provider or one of its codes can access that organization's
// sessions only.
function reachOf({ authMethod, organizationId }: UserActor): { organizationId?: OrganizationId } {
  return authMethod !== 'password' && organizationId !== undefined ? { organizationId } : {};
}

/** A session as the API shows it to `actor`. */
export function toSession(row: SessionRow, actor: Actor): Session {
  return {
    id: row.id,
    organizationId: row.organization_id,
    authMethod: row.auth_method,
    ip: row.ip_address,
    userAgent: row.user_agent,
    createdAt: new Date(row.created_at).toISOString(),
    lastUsed: new Date(row.last_used_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
    isCurrent: actor.kind === 'user' && row.id === actor.sessionId,
  };
}
