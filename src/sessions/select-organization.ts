import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OidcConfigId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { shareOrganization } from '../access/queries.ts';
import { recordEmergencyUse } from '../access/record-emergency-use.ts';
import { isLive } from './live-session-queries.ts';
import { lockSession } from './queries.ts';
import { standingOf } from './session-standing.ts';
import type { Sessions, StartedSession } from './sessions.ts';

/** The caller, their session and the organization. */
export interface Choice {
  readonly sessionId: string;
  readonly email: string;
  readonly organizationId: string;
  readonly clientInfo: ClientInfo;
}

export interface SelectDeps {
  readonly database: AuditedDatabase;
  readonly sessions: Sessions;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** A session that was derived from another one. */
export interface SelectedSession extends StartedSession {
  readonly lifetimeSeconds: number;
}

/**
 * Starts a session for one organization, derived from another session. A session that came from an organization's
 * identity provider can be continued for that organization only. No session outlives its parent, and none starts that
 * an enforced single sign-on would reject.
 *
 * The parent and the deciding rows are locked until the commit. A transaction that ends the parent waits, and then
 * finds the new session too.
 *
 * @throws `token_invalid` if the parent has ended, `organization_not_found`, `sso_required`, `session_too_old`
 */
export async function selectOrganization(
  deps: SelectDeps,
  { sessionId, email, organizationId, clientInfo }: Choice,
): Promise<SelectedSession> {
  const { database, sessions, clock } = deps;
  return database.transaction(async (tx) => {
    const nowMs = clock.nowMs();
    await shareOrganization(tx, asId<OrganizationId>(organizationId));
    const session = await lockSession(tx, sessionId);
    if (session === undefined || !isLive(session, nowMs)) {
      throw appError('token_invalid', { meta: { reason: 'session_ended' } });
    }
    const userId = asId<UserId>(session.user_id);
    const authMethod = session.auth_method;
    const standing = await standingOf(tx, session, { organizationId, nowMs });
    if (!standing.ok) throw appError(standing.code);
    const id = asId<OrganizationId>(standing.organization.id);
    const lifetimeSeconds = Math.floor((standing.endMs - nowMs) / 1000);
    const started = await sessions.start(tx, {
      userId,
      email,
      organizationId: id,
      authMethod,
      oidcConfigId: session.connection_id === null ? undefined : asId<OidcConfigId>(session.connection_id),
      lifetimeSeconds,
      authenticatedAtMs: session.authenticated_at,
      clientInfo,
    });
    if (standing.isBypass) {
      const record = { kind: 'bypass', userId, email, authMethod, sessionId: started.sessionId, clientInfo } as const;
      await recordEmergencyUse(deps, tx, { ...record, organizationId: id });
    }
    return { ...started, lifetimeSeconds };
  });
}
