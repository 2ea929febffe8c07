/**
 * What proves who is calling: sessions with their refresh tokens, the access tokens of people and of machines, and
 * the keys that sign them.
 */
import type { AppendAudit } from '../audit/append.ts';
import { identityRoutes } from '../contract/identities.ts';
import { sessionRoutes } from '../contract/sessions.ts';
import { serverRoutes } from '../contract/server.ts';
import { appError } from '../contract/errors.ts';
import type { CookieJar } from '../http/cookies.ts';
import type { Mount } from '../http/mount.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Database } from '../storage/database.ts';
import type { AccessTokens } from './access-tokens.ts';
import { endMySessions, listMySessions } from './my-sessions.ts';
import { loginWithUniversalAuth } from './login-with-universal-auth.ts';
import { endMachineToken, renewMachineToken } from './machine-tokens.ts';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { SigningKeys } from './signing-keys.ts';
import { requireSameSite } from '../http/same-site.ts';

/** What machines' and people's token endpoints have in common. */
export interface TokensDeps {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

export function mountMachineTokens(mount: Mount, deps: TokensDeps): void {
  mount(identityRoutes.loginWithUniversalAuth, async ({ body, origin }) => loginWithUniversalAuth(deps, body, origin));
  mount(identityRoutes.renewMachineToken, async ({ body, origin }) => renewMachineToken(deps, body.accessToken, origin));
  mount(identityRoutes.revokeMachineToken, async ({ body, origin }) => {
    await endMachineToken(deps, body.accessToken, origin);
    return { message: 'The access token is revoked.' };
  });
}

/** What the endpoints of sessions need besides: the sessions, and how long an access token lives. */
export interface SessionEndpointsDeps {
  readonly sessions: Sessions;
  readonly cookies: CookieJar;
  readonly site: string;
  readonly accessTokenSeconds: number;
}

export function mountSessions(mount: Mount, deps: TokensDeps, endpoints: SessionEndpointsDeps): void {
  const { sessions, cookies, site, accessTokenSeconds } = endpoints;

  mount(sessionRoutes.refreshToken, async ({ request, reply, origin }) => {
    requireSameSite(request, site);
    try {
      const refreshed = await sessions.refresh(readRefreshCookie(request), origin);
      const { session, refreshToken } = refreshed;
      const lifetimeSeconds = Math.ceil((session.expires_at - deps.clock.nowMs()) / 1000);
      setRefreshCookie(reply, cookies, { refreshToken, lifetimeSeconds });
      const claims = { kind: 'user', subject: session.user_id, sessionId: session.id, authMethod: session.auth_method } as const;
      const organizationId = session.organization_id ?? undefined;
      const token = await deps.accessTokens.sign({ ...claims, organizationId }, accessTokenSeconds);
      return organizationId === undefined ? { token } : { token, organizationId };
    } catch (thrown) {
      clearRefreshCookie(reply, cookies);
      throw thrown;
    }
  });

  mount(sessionRoutes.logout, async ({ request, reply, origin }) => {
    requireSameSite(request, site);
    const cookie = readRefreshCookie(request);
    if (cookie !== '') await sessions.end(cookie, origin);
    clearRefreshCookie(reply, cookies);
    return { message: 'Logged out.' };
  });

  mount(sessionRoutes.checkAuth, async () => ({ message: 'Authenticated' }));
  mount(sessionRoutes.listMySessions, async ({ actor }) => listMySessions(deps, actor));
  mount(sessionRoutes.endMySessions, async ({ actor, origin }) => {
    await endMySessions(deps, { actor, sessionId: undefined, origin });
    return { message: 'All sessions are ended.' };
  });
  mount(sessionRoutes.endMySession, async ({ actor, params, origin }) => {
    const ended = await endMySessions(deps, { actor, sessionId: params.sessionId, origin });
    if (ended === 0) throw appError('session_not_found');
    return { message: 'The session is ended.' };
  });
}

export function mountSigningKeys(mount: Mount, keys: SigningKeys): void {
  mount(serverRoutes.readSigningKeys, async ({ reply }) => {
    reply.header('cache-control', 'public, max-age=600');
    return keys.jwks();
  });
}
