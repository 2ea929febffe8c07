import type { AuditedDatabase } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireAccessAlone } from '../access/access.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { endSessions } from './queries.ts';

interface OrganizationSessionsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

/** A caller who may change members may end their sessions of the organization, and no others. */
const question = { subject: 'member', action: 'edit' } as const;
const reason = 'ended_by_admin';

interface EndRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly clientInfo: ClientInfo;
}

/**
 * Ends the sessions of one member, or of everyone on explicit request; returns their number.
 *
 * @throws `validation_failed` if the request names neither.
 */
export async function endOrganizationSessions(
  { database, audit, clock }: OrganizationSessionsDeps,
  { actor, organizationId, clientInfo }: EndRequest,
  { userId, everyone = false }: { userId?: string; everyone?: boolean },
): Promise<number> {
  return database.transaction(async (tx) => {
    const id = (await requireAccessAlone(tx, actor, { organizationId, ...question })).id;
    if ((userId !== undefined) === everyone) {
      const issue = { path: 'userId', code: 'required', message: 'must be given, or else everyone must be true' };
      throw appError('validation_failed', { meta: { issues: [issue] } });
    }
    if (userId !== undefined && !isIdentifier(userId)) return 0;
    const which =
      userId === undefined
        ? ({ kind: 'organization', organizationId: id } as const)
        : ({ kind: 'user', userId: asId<UserId>(userId), organizationId: id } as const);
    const { length: endedSessions } = await endSessions(tx, which, { nowMs: clock.nowMs(), reason });
    if (endedSessions === 0) return 0;
    await audit(tx, {
      organizationId: id,
      actor: auditActor(actor),
      event: { type: 'organization-sessions-end', metadata: { userId: userId ?? null, endedSessions, reason } },
      clientInfo,
    });
    return endedSessions;
  });
}

/** Ends one session. @throws `session_not_found` if it has ended or belongs to another organization. */
export async function endOrganizationSession(
  { database, audit, clock }: OrganizationSessionsDeps,
  { actor, organizationId, clientInfo }: EndRequest,
  sessionId: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    const id = (await requireAccessAlone(tx, actor, { organizationId, ...question })).id;
    if (!isIdentifier(sessionId)) throw appError('session_not_found');
    const [ended] = await endSessions(
      tx,
      { kind: 'one', id: sessionId, organizationId: id },
      { nowMs: clock.nowMs(), reason },
    );
    if (ended === undefined) throw appError('session_not_found');
    await audit(tx, {
      organizationId: id,
      actor: auditActor(actor),
      event: { type: 'session-end', metadata: { sessionId, userId: ended.user_id, reason } },
      clientInfo,
    });
  });
}
