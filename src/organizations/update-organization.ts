import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Organization, UpdateOrganizationBody } from '../contract/organizations.ts';
import type { Clock } from '../kernel/clock.ts';
import { violatedConstraint } from '../storage/constraint.ts';
import type { Tx } from '../storage/database.ts';
import { requireAccessAlone } from '../access/access.ts';
import { requireSlugOfNoDeleted } from './delete-organization-queries.ts';
import { enforcementObstacles } from './enforcement-obstacles.ts';
import type { StoredOrganization } from '../access/queries.ts';
import { findEnforcementGround, updateStoredOrganization } from './queries.ts';
import { isLifetimeAllowed } from '../contract/session-lifetime.ts';
import { requireSlug, requireUnvouchedSlug, reservedOrganizationSlugs } from '../contract/slugs.ts';
import { toOrganization, toProvisioning } from './to-organization.ts';

export interface UpdateOrganizationDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  /** Slugs in the operator's list of verified domains: an organization with one has those domains. */
  readonly vouchedSlugs: ReadonlySet<string>;
  /** Shortens the organization's live sessions to its session lifetime, counted from their sign-ins. */
  shortenSessions(tx: Tx, organizationId: OrganizationId, expiration: string): Promise<void>;
}

interface UpdateRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly body: UpdateOrganizationBody;
  readonly clientInfo: ClientInfo;
}

/**
 * Changes an organization's settings. Enforcing single sign-on requires proof that it works. The proof is checked under
 * the organization's lock, which deleting the connection takes too.
 *
 * @throws `validation_failed`, `slug_taken`, `enforcement_needs_config`, `enforcement_needs_sign_in`, and what
 * `requireAccessAlone` throws.
 */
export async function updateOrganization(deps: UpdateOrganizationDeps, request: UpdateRequest): Promise<Organization> {
  const { actor, organizationId, body } = request;
  const question = { organizationId, subject: 'settings', action: 'edit' } as const;
  requireValid(body);
  try {
    return await deps.database.transaction(async (tx) => {
      const before = await requireAccessAlone(tx, actor, question);
      return updateLocked(deps, tx, { ...request, before });
    });
  } catch (thrown) {
    if (violatedConstraint(thrown) === 'unique') throw appError('slug_taken', { cause: thrown });
    throw thrown;
  }
}

function requireValid({ slug, userTokenExpiration }: UpdateOrganizationBody): void {
  if (slug !== undefined) requireSlug(slug, reservedOrganizationSlugs);
  if (userTokenExpiration === undefined || isLifetimeAllowed(userTokenExpiration)) return;
  const message = 'must be a number and m, h, d or w, from five minutes to a year';
  const issue = { path: 'userTokenExpiration', code: 'session_lifetime', message };
  throw appError('validation_failed', { meta: { issues: [issue] } });
}

async function updateLocked(
  deps: UpdateOrganizationDeps,
  tx: AuditedTx,
  { actor, clientInfo, body, before }: UpdateRequest & { before: StoredOrganization },
): Promise<Organization> {
  const { id } = before;
  const after = withChanges(before, body);
  const changedFields = changedFieldsOf(before, after);
  if (changedFields.length === 0) return toOrganization(before);
  if (before.slug !== after.slug && !actor.isInstanceAdmin) {
    requireFreeSlugs(deps, before.slug, after.slug);
    await requireSlugOfNoDeleted(tx, after.slug);
  }
  if (after.authEnforced && !before.authEnforced) {
    const [obstacle] = enforcementObstacles(await findEnforcementGround(tx, id));
    if (obstacle !== undefined) throw appError(obstacle);
  }
  const changed = { ...after, updatedAtMs: deps.clock.nowMs() };
  await updateStoredOrganization(tx, changed);
  await deps.shortenSessions(tx, id, changed.userTokenExpiration);
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...settings } = settingsOf(changed);
  await deps.audit(tx, {
    organizationId: id,
    actor: auditActor(actor),
    event: { type: 'organization-update', metadata: { changedFields, settings } },
    clientInfo,
  });
  return toOrganization(changed);
}

// A tenant that could take such a slug, or give it up for another, would move another organization's domains.
function requireFreeSlugs({ vouchedSlugs }: UpdateOrganizationDeps, from: string, to: string): void {
  if (vouchedSlugs.has(from)) throw appError('permission_denied', { meta: { reason: 'slug_verified_by_operator' } });
  requireUnvouchedSlug(vouchedSlugs, to);
}

function withChanges(before: StoredOrganization, body: UpdateOrganizationBody): StoredOrganization {
  return {
    ...before,
    name: body.name ?? before.name,
    slug: body.slug ?? before.slug,
    authEnforced: body.authEnforced ?? before.authEnforced,
    bypassOrgAuthEnabled: body.bypassOrgAuthEnabled ?? before.bypassOrgAuthEnabled,
    defaultMembershipRole: body.defaultMembershipRoleSlug ?? before.defaultMembershipRole,
    userTokenExpiration: body.userTokenExpiration ?? before.userTokenExpiration,
    provisioningPolicy: body.provisioningPolicy ?? before.provisioningPolicy,
  };
}

function settingsOf(organization: StoredOrganization) {
  return { ...toOrganization(organization), ...toProvisioning(organization) };
}

function changedFieldsOf(before: StoredOrganization, after: StoredOrganization): string[] {
  const old = new Map<string, unknown>(Object.entries(settingsOf(before)));
  return Object.entries(settingsOf(after)).flatMap(([field, value]) => (old.get(field) === value ? [] : [field]));
}
