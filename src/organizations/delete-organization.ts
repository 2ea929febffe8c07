import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Organization } from '../contract/organizations.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../storage/database.ts';
import { requireCaller } from '../access/caller.ts';
import {
  countOf,
  deleteOrganizationRows,
  deleteUsersOfNoOrganization,
  holdsInstanceAdmin,
  insertDeletedOrganization,
  listVouchedNames,
  lockUsersOf,
} from './delete-organization-queries.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { findOrganization, lockOrganization, type StoredOrganization } from '../access/queries.ts';
import { toOrganization } from './to-organization.ts';

export interface DeleteOrganizationDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  /** Slugs and ids in the operator's list of verified domains. */
  readonly vouchedSlugs: ReadonlySet<string>;
}

interface DeleteRequest {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
  /** The organization's name or slug, so that a wrong id deletes nothing. */
  readonly confirm: string;
}

/**
 * Deletes an organization in one transaction: its members, groups, machine identities, sessions, tokens, invitations,
 * domains, connection and encrypted secrets, its sign-in records, and the accounts that belong to no other
 * organization. Its audit trail stays, with the deletion as its last entry. The server's trail has an entry too.
 *
 * @throws `permission_denied`, `token_invalid`, `organization_not_found`, `validation_failed`,
 *   `organization_holds_server_identity` or
 * `organization_vouched_for`.
 */
export async function deleteOrganization(deps: DeleteOrganizationDeps, request: DeleteRequest): Promise<Organization> {
  const { actor, organizationId, confirm } = request;
  if (!actor.isInstanceAdmin) throw appError('permission_denied');
  if (!isIdentifier(organizationId)) throw appError('organization_not_found');
  return deps.database.transaction(async (tx) => {
    const id = asId<OrganizationId>(organizationId);
    await lockOrganization(tx, id);
    await requireCaller(tx, actor);
    const row = await findOrganization(tx, id);
    if (row === undefined) throw appError('organization_not_found');
    requireConfirmed(row, confirm);
    await requireDeletable(deps, tx, row);
    await deleteLocked(deps, tx, { ...request, row });
    return toOrganization(row);
  });
}

function requireConfirmed({ name, slug }: StoredOrganization, confirm: string): void {
  if (confirm === name || confirm === slug) return;
  const message = 'must be the name or the slug of the organization that is to be deleted';
  throw appError('validation_failed', { meta: { issues: [{ path: 'confirm', code: 'confirmation', message }] } });
}

async function requireDeletable(
  { vouchedSlugs }: DeleteOrganizationDeps,
  tx: Tx,
  row: StoredOrganization,
): Promise<void> {
  const organizationId = asId<OrganizationId>(row.id);
  if (await holdsInstanceAdmin(tx, organizationId)) throw appError('organization_holds_server_identity');
  // The next organization with the slug would get the domains.
  const names = [row.id, row.slug, ...(await listVouchedNames(tx, organizationId))];
  if (names.some((name) => vouchedSlugs.has(name))) throw appError('organization_vouched_for');
}

async function deleteLocked(
  { database, audit, clock }: DeleteOrganizationDeps,
  tx: AuditedTx,
  { actor, clientInfo, row }: DeleteRequest & { readonly row: StoredOrganization },
): Promise<void> {
  const { id, name, slug } = row;
  const organizationId = asId<OrganizationId>(id);
  const users = await lockUsersOf(tx, organizationId, database.engine);
  const counts = {
    members: await countOf(tx, 'memberships', organizationId),
    groups: await countOf(tx, 'groups', organizationId),
    machineIdentities: await countOf(tx, 'machine_identities', organizationId),
    sessions: await countOf(tx, 'sessions', organizationId),
  };
  await deleteOrganizationRows(tx, organizationId);
  const deletedUsers = await deleteUsersOfNoOrganization(tx, users);
  await insertDeletedOrganization(tx, { id, name, slug, deleted_at: clock.nowMs() });
  const metadata = { organizationId, name, slug, ...counts, deletedUsers };
  for (const trail of [organizationId, undefined]) {
    await audit(tx, {
      organizationId: trail,
      actor: auditActor(actor),
      event: { type: 'organization-delete', metadata },
      clientInfo,
    });
  }
}
