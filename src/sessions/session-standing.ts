import type { BareErrorCode } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import { isInstanceAdminSession } from '../access/instance-admin.ts';
import { enforcementResult } from '../access/enforcement-result.ts';
import { strongestRole } from '../access/permissions.ts';
import { findMemberRoles, findOrganization, type StoredOrganization } from '../access/queries.ts';
import { latestEndMs } from '../contract/session-lifetime.ts';
import type { Db, Tx } from '../storage/database.ts';
import { findUser } from '../users/queries.ts';
import type { SessionRow } from './queries.ts';

/** Whether a session is valid for an organization, and until when. */
export type SessionStanding =
  | { readonly ok: true; readonly isBypass: boolean; readonly organization: StoredOrganization; readonly endMs: number }
  | { readonly ok: false; readonly code: BareErrorCode };

/**
 * Checks a session against the current state of an organization: it must belong to that organization or to none yet,
 * its owner must be a member or an instance admin, the sign-in must be recent enough, and under enforced single sign-on
 * it must have come through the identity provider. It is valid for no longer than it lives.
 */
export async function standingOf(
  db: Db | Tx,
  session: SessionRow,
  { organizationId, nowMs }: { organizationId: string; nowMs: number },
): Promise<SessionStanding> {
  const id = asId<OrganizationId>(organizationId);
  const isBoundElsewhere = session.organization_id !== null && session.organization_id !== organizationId;
  const [organization, role] = isBoundElsewhere
    ? []
    : await Promise.all([findOrganization(db, id), roleOf(db, session, id)]);
  if (organization === undefined || role === undefined) return { ok: false, code: 'organization_not_found' };
  const bound = session.organization_id === null ? undefined : id;
  const signedIn = { authMethod: session.auth_method, organizationId: bound };
  const result = enforcementResult({ organization, session: signedIn, role });
  if (result === 'refused') return { ok: false, code: 'sso_required' };
  const latestMs = latestEndMs(organization.userTokenExpiration, session.authenticated_at);
  const endMs = Math.min(session.expires_at, latestMs);
  if (endMs <= nowMs) return { ok: false, code: 'session_too_old' };
  return { ok: true, isBypass: result === 'bypass', organization, endMs };
}

async function roleOf(db: Db | Tx, session: SessionRow, id: OrganizationId): Promise<Role | undefined> {
  const userId = asId<UserId>(session.user_id);
  const roles = await findMemberRoles(db, id, userId);
  const user = session.auth_method === 'password' ? await findUser(db, userId) : undefined;
  if (user !== undefined && isInstanceAdminSession(user, session)) return 'admin';
  return roles.length === 0 ? undefined : strongestRole(roles);
}
