/** The endpoints of sessions: refresh tokens, access tokens of users, and the password sign-in. */
import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import { asId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import { sessionRoutes } from '../contract/sessions.ts';
import { appError, isKnownError } from '../contract/errors.ts';
import type { CookieJar } from '../http/cookies.ts';
import { sendBareList } from '../http/bound-list.ts';
import type { Mount } from '../http/mount.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import type { LoginWithPassword } from './login-with-password.ts';
import type { SessionRow } from './queries.ts';
import { selectOrganization } from './select-organization.ts';
import { endMySessions, listMySessions } from './my-sessions.ts';
import { listOrganizationSessions } from './list-organization-sessions.ts';
import { endOrganizationSession, endOrganizationSessions } from './organization-sessions.ts';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.ts';
import type { Sessions, SignedSession } from './sessions.ts';
import { requireSameSite } from '../http/same-site.ts';

/** What machines' and people's token endpoints have in common. */
export interface TokensDeps {
  readonly database: AuditedDatabase;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** Further dependencies of the session endpoints. */
export interface SessionEndpointsDeps {
  readonly sessions: Sessions;
  readonly cookies: CookieJar;
  readonly site: string;
  readonly accessTokenSeconds: number;
  readonly loginWithPassword: LoginWithPassword;
}

export function mountSessions(mount: Mount, deps: TokensDeps, endpoints: SessionEndpointsDeps): void {
  const { sessions, cookies, site, accessTokenSeconds, loginWithPassword } = endpoints;
  mountRefresh(mount, deps, endpoints);

  mount(sessionRoutes.loginWithPassword, async ({ body, request, reply, clientInfo }) => {
    const replaces = readRefreshCookie(request, cookies);
    const started = await loginWithPassword({ ...body, replaces, clientInfo });
    setRefreshCookie(reply, cookies, started);
    return { accessToken: signFor(deps, started, accessTokenSeconds) };
  });

  mount(sessionRoutes.selectOrganization, async ({ actor, body, reply, clientInfo }) => {
    const { sessionId, email } = actor;
    const { organizationId } = body;
    const started = await selectOrganization({ ...deps, sessions }, { sessionId, email, organizationId, clientInfo });
    setRefreshCookie(reply, cookies, started);
    return { token: signFor(deps, started, accessTokenSeconds), isMfaEnabled: false };
  });

  mount(sessionRoutes.logout, async ({ request, reply, clientInfo }) => {
    requireSameSite(request, site);
    const cookie = readRefreshCookie(request, cookies);
    if (cookie !== '') await sessions.end(cookie, clientInfo);
    clearRefreshCookie(reply, cookies);
    return { message: 'Logged out.' };
  });

  mount(sessionRoutes.checkAuth, async () => ({ message: 'Authenticated' }));
  mountOrganizationSessions(mount, deps);
  mount(sessionRoutes.listMySessions, async (to) =>
    sendBareList(to.reply, await listMySessions(deps, to.actor, to.query)),
  );
  mount(sessionRoutes.endMySessions, async ({ actor, clientInfo }) => {
    await endMySessions(deps, { actor, sessionId: undefined, clientInfo });
    return { message: 'All sessions are ended.' };
  });
  mount(sessionRoutes.endMySession, async ({ actor, params, clientInfo }) => {
    const ended = await endMySessions(deps, { actor, sessionId: params.sessionId, clientInfo });
    if (ended === 0) throw appError('session_not_found');
    return { message: 'The session is ended.' };
  });
}

function mountRefresh(mount: Mount, deps: TokensDeps, endpoints: SessionEndpointsDeps): void {
  const { sessions, cookies, site, accessTokenSeconds } = endpoints;
  mount(sessionRoutes.refreshToken, async ({ request, reply, clientInfo }) => {
    requireSameSite(request, site);
    try {
      const refreshed = await sessions.refresh(readRefreshCookie(request, cookies), clientInfo);
      const { session, refreshToken } = refreshed;
      const lifetimeSeconds = Math.ceil((session.expires_at - deps.clock.nowMs()) / 1000);
      setRefreshCookie(reply, cookies, { refreshToken, lifetimeSeconds });
      const organizationId = session.organization_id ?? undefined;
      const token = signFor(deps, toSignedSession(session), accessTokenSeconds);
      return organizationId === undefined ? { token } : { token, organizationId };
    } catch (thrown) {
      if (isSessionOver(thrown)) clearRefreshCookie(reply, cookies);
      throw thrown;
    }
  });
}

// After a lost race the browser has a newer cookie, and a database failure says nothing about the session. Clearing the
// cookie would sign the member out.
function isSessionOver(thrown: unknown): boolean {
  return isKnownError(thrown) && (thrown.code === 'refresh_token_invalid' || thrown.code === 'sso_required');
}

/** The sessions of an organization, as its admins see them. */
function mountOrganizationSessions(mount: Mount, deps: TokensDeps): void {
  mount(sessionRoutes.listOrganizationSessions, async ({ actor, params, query }) =>
    listOrganizationSessions(deps, { actor, ...params, query }),
  );
  mount(sessionRoutes.endOrganizationSessions, async ({ actor, params, query, clientInfo }) => {
    const endedSessions = await endOrganizationSessions(deps, { actor, ...params, clientInfo }, query);
    return { message: 'The sessions are ended.', endedSessions };
  });
  mount(sessionRoutes.endOrganizationSession, async ({ actor, params, clientInfo }) => {
    const { organizationId, sessionId } = params;
    await endOrganizationSession(deps, { actor, organizationId, clientInfo }, sessionId);
    return { message: 'The session is ended.' };
  });
}

/** Signs an access token for a session. It expires with the session at the latest, for readers that check only the signature. */
export function signFor(
  { accessTokens, clock }: Pick<TokensDeps, 'accessTokens' | 'clock'>,
  session: SignedSession,
  lifetimeSeconds: number,
): string {
  const claims = {
    kind: 'user',
    subject: session.userId,
    sessionId: session.sessionId,
    organizationId: session.organizationId,
    authMethod: session.authMethod,
  } as const;
  const leftSeconds = Math.floor((session.expiresAtMs - clock.nowMs()) / 1000);
  return accessTokens.sign(claims, Math.max(1, Math.min(lifetimeSeconds, leftSeconds)));
}

function toSignedSession(row: SessionRow): SignedSession {
  return {
    sessionId: asId<SessionId>(row.id),
    userId: asId<UserId>(row.user_id),
    organizationId: row.organization_id === null ? undefined : asId<OrganizationId>(row.organization_id),
    authMethod: row.auth_method,
    expiresAtMs: row.expires_at,
  };
}
