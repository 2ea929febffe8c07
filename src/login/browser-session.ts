import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import { equalsInConstantTime, sha256Hex } from '../kernel/digest.ts';
import { isInstanceAdminSession } from '../access/instance-admin.ts';
import { listOrganizations } from '../organizations/list-organizations.ts';
import type { SessionRow } from '../sessions/queries.ts';
import { findUser } from '../users/queries.ts';
import type { LoginDeps } from './login-deps.ts';

/** The browser's session. */
export interface BrowserSession {
  readonly session: SessionRow;
  readonly email: string;
  readonly name: string;
  readonly isInstanceAdmin: boolean;
  readonly organizations: readonly { id: string; name: string; slug: string; role: Role }[];
  /** The CSRF token: proves that a form came from a page of this session. */
  readonly csrfToken: string;
}

/** Finds the session of a refresh cookie without spending the token. */
export async function findBrowserSession(
  { store, sessions }: LoginDeps,
  cookie: string,
): Promise<BrowserSession | undefined> {
  const session = await sessions.find(cookie);
  const user = session && (await findUser(store.database.db, asId<UserId>(session.user_id)));
  if (session === undefined || user === undefined) return undefined;
  const isInstanceAdmin = isInstanceAdminSession(user, session);
  const actor = {
    kind: 'user',
    userId: asId<UserId>(user.id),
    email: user.email,
    sessionId: asId<SessionId>(session.id),
    organizationId: session.organization_id === null ? undefined : asId<OrganizationId>(session.organization_id),
    authMethod: session.auth_method,
    isInstanceAdmin,
  } as const;
  const { organizations } = await listOrganizations(store, actor, {});
  return {
    session,
    email: user.email,
    name: [user.first_name, user.last_name].filter((part) => part !== '').join(' '),
    isInstanceAdmin,
    organizations: organizations.map(({ id, name, slug, userRole }) => ({ id, name, slug, role: userRole })),
    // Derived from what all refresh tokens of the session share, so that a refresh in another tab does not invalidate
    // the form.
    csrfToken: sha256Hex(`csrf:${session.id}:${session.family_hash}`),
  };
}

/** @throws `cross_site_request` */
export function requireCsrfToken({ csrfToken }: BrowserSession, sent: string | undefined): void {
  if (sent === undefined || !equalsInConstantTime(csrfToken, sent)) throw appError('cross_site_request');
}
