import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Db, Tx } from '../storage/database.ts';
import { isEmergencyUseRecorded } from './emergency-use-queries.ts';
import { enforcementResultOfCaller } from './enforcement-result.ts';
import { type Action, isPermitted, strongestRole, type Subject } from './permissions.ts';
import { findIdentityRole, findMemberRoles, findOrganization, type StoredOrganization } from './queries.ts';

/** The action, its subject and the organization. */
export interface AccessQuestion {
  /** As the caller named it; the token's organization by default. */
  readonly organizationId: string | undefined;
  readonly subject: Subject;
  readonly action: Action;
}

/**
 * Decides whether a caller may do something in an organization, according to the current state of the database, and
 * returns that organization. Only `access.ts` and `read-access.ts` call this: they determine for how long the answer is
 * true.
 *
 * An unknown organization and one that the caller does not belong to are the same `organization_not_found`. An instance
 * admin is an admin of every organization. All other callers can access only the organization of their token. Where
 * single sign-on is enforced, users must have signed in through it.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `sso_required`, `emergency_use_unrecorded` or
 * `permission_denied`.
 */
export async function judgeAccess(
  db: Db | Tx,
  actor: Actor,
  { organizationId, subject, action }: AccessQuestion,
): Promise<StoredOrganization> {
  const wanted = organizationId ?? actor.organizationId;
  if (wanted === undefined) throw appError('organization_not_selected');
  if (!actor.isInstanceAdmin && wanted !== actor.organizationId) throw appError('organization_not_found');
  const organization = await findOrganization(db, asId<OrganizationId>(wanted));
  const role = organization && (await roleOf(db, actor, organization.id));
  if (organization === undefined || role === undefined) throw appError('organization_not_found');
  await requireEnforcement(db, actor, { organization, role });
  if (!isPermitted(role, subject, action)) throw appError('permission_denied', { meta: { role, subject, action } });
  return organization;
}

// The bypass works only after its use is audited. `createBypassRetry` catches `emergency_use_unrecorded` and writes the
// audit entry, and the handler runs again.
async function requireEnforcement(
  db: Db | Tx,
  actor: Actor,
  question: { organization: StoredOrganization; role: Role },
): Promise<void> {
  const result = enforcementResultOfCaller(actor, question);
  if (result === 'satisfied') return;
  if (result === 'refused' || actor.kind !== 'user') throw appError('sso_required');
  const organizationId = asId<OrganizationId>(question.organization.id);
  if (await isEmergencyUseRecorded(db, { organizationId, sessionId: actor.sessionId })) return;
  throw appError('emergency_use_unrecorded', { meta: { organizationId } });
}

/** A caller's strongest role in an organization; `undefined` if they do not belong to it. */
async function roleOf(db: Db | Tx, actor: Actor, organizationId: OrganizationId): Promise<Role | undefined> {
  if (actor.isInstanceAdmin) return 'admin';
  switch (actor.kind) {
    case 'user': {
      const held = await findMemberRoles(db, organizationId, actor.userId);
      return held.length === 0 ? undefined : strongestRole(held);
    }
    case 'identity':
      return findIdentityRole(db, organizationId, actor.identityId);
    default:
      return actor satisfies never;
  }
}
