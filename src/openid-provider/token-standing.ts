import { findExclusion } from '../applications/may-use.ts';
import type { Application } from '../applications/application.ts';
import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { MemberSession } from './member-queries.ts';

/** Ends of a session that its user chose for this browser. A command line that has a token of its own stays signed in. */
const endsOfBrowser: ReadonlySet<SessionEndReason> = new Set(['logout', 'replaced_by_sign_in']);

/**
 * Whether a session still gives an application access, as things are now: it is live, its user is an active member, and
 * the member may use the application. Codes, tokens, refresh and userinfo all depend on it; no token outlives it.
 *
 * The tokens of an application with the refresh policy `standalone` stay valid if the user only signed out of the browser.
 */
export function givesAccess(
  application: Pick<Application, 'organizationId' | 'organizations' | 'organizationIds' | 'groups' | 'refreshTokens'>,
  session: MemberSession | undefined,
  nowMs: number,
): session is MemberSession {
  // A session of a former member is not found.
  if (session === undefined || session.expiresAtMs <= nowMs) return false;
  if (session.endedAtMs !== null) {
    const isOnlyOfBrowser = session.endReason !== null && endsOfBrowser.has(session.endReason);
    if (application.refreshTokens !== 'standalone' || !isOnlyOfBrowser) return false;
  }
  const user = { organizationId: session.organization.id, groups: session.groups };
  return findExclusion(application, user) === undefined;
}
