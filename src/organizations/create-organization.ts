import type { AuditedDatabase } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo, UserActor } from '../contract/actor.ts';
import { appError, isKnownError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { organizationsPerUserMax } from '../contract/limits.ts';
import type { CreateOrganizationBody, Organization } from '../contract/organizations.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { addMember } from '../memberships/add-member.ts';
import type { Tx } from '../storage/database.ts';
import { addOrganization } from './add-organization.ts';
import { requireCallerLocked } from '../access/caller.ts';
import { countMembershipsOfUser, findEmailKey, findIdOfSlug, lockUser } from './queries.ts';
import { mayCreateOrganization, type OrganizationCreation } from './rules.ts';
import { toOrganization } from './to-organization.ts';

export interface CreateOrganizationDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  /** The operator's setting. */
  readonly organizationCreation: OrganizationCreation;
  /** Slugs in the operator's list of verified domains. */
  readonly vouchedSlugs: ReadonlySet<string>;
}

/**
 * Creates an organization. A user who creates it becomes its first admin. A machine identity belongs only to the
 * organization in which it was created.
 *
 * @throws `permission_denied`, `validation_failed`, `slug_taken` or `limit_reached`.
 */
export async function createOrganization(
  deps: CreateOrganizationDeps,
  { actor, clientInfo, body }: { actor: Actor; clientInfo: ClientInfo; body: CreateOrganizationBody },
): Promise<Organization> {
  if (!mayCreateOrganization(actor, deps.organizationCreation)) throw appError('permission_denied');
  return deps.database.transaction(async (tx) => {
    const vouchedSlug = actor.isInstanceAdmin ? 'given' : 'never';
    const row = await addOrganization(deps, tx, { ...body, vouchedSlug }).catch((thrown: unknown) =>
      rethrowWithId(tx, thrown, { actor, body }),
    );
    const organizationId = asId<OrganizationId>(row.id);
    if (actor.kind === 'user') await addFirstAdmin(deps, tx, { actor, organizationId });
    await requireCallerLocked(tx, actor);
    await deps.audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'organization-create', metadata: { organizationId, name: row.name, slug: row.slug } },
      clientInfo,
    });
    return toOrganization(row);
  });
}

// An instance admin who lost the response repeats the request, and gets the id of the organization.
async function rethrowWithId(
  tx: Tx,
  thrown: unknown,
  { actor, body: { slug } }: { actor: Actor; body: CreateOrganizationBody },
): Promise<never> {
  const isTaken = isKnownError(thrown) && thrown.code === 'slug_taken';
  if (!isTaken || slug === undefined || !actor.isInstanceAdmin) throw thrown;
  const id = await findIdOfSlug(tx, slug);
  const issues =
    id === undefined ? [] : [{ path: 'slug', code: 'slug_taken', message: `is that of organization ${id}` }];
  throw appError('slug_taken', { cause: thrown, meta: { issues } });
}

async function addFirstAdmin(
  deps: CreateOrganizationDeps,
  tx: Tx,
  { actor, organizationId }: { actor: UserActor; organizationId: OrganizationId },
): Promise<void> {
  await lockUser(tx, actor.userId);
  if ((await countMembershipsOfUser(tx, actor.userId)) >= organizationsPerUserMax) {
    // An instance admin can access the organization without belonging to it.
    if (actor.isInstanceAdmin) return;
    throw appError('limit_reached');
  }
  const emailKey = await findEmailKey(tx, actor.userId);
  // The session outlived its user. Later requests find neither.
  if (emailKey === undefined) throw appError('token_invalid');
  await addMember(deps, tx, { organizationId, userId: actor.userId, emailKey, role: 'admin', source: 'manual' });
}
