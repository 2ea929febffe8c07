import type { Selectable } from 'kysely';

import { isIdentifier } from '../contract/identifier.ts';
import type { ProvisioningPolicy } from '../contract/organizations.ts';
import { asId, type MachineIdentityId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Db, Tx } from '../storage/database.ts';
import { inLockOrder, lockAlone, lockShared } from '../storage/named-locks.ts';
import { fromBit } from '../storage/schema/codecs.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';

/** An organization with its settings. */
export interface StoredOrganization {
  readonly id: OrganizationId;
  readonly name: string;
  readonly slug: string;
  readonly authEnforced: boolean;
  readonly bypassOrgAuthEnabled: boolean;
  readonly defaultMembershipRole: Role;
  readonly userTokenExpiration: string;
  readonly provisioningPolicy: ProvisioningPolicy;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export async function findOrganization(db: Db | Tx, id: OrganizationId): Promise<StoredOrganization | undefined> {
  const row = isIdentifier(id) ? await organizationById.first(db, { id }) : undefined;
  return row && toStoredOrganization(row);
}

/** Maps a row. Only queries call this. */
export function toStoredOrganization(row: Selectable<Schema['organizations']>): StoredOrganization {
  return {
    id: asId<OrganizationId>(row.id),
    name: row.name,
    slug: row.slug,
    authEnforced: fromBit(row.auth_enforced),
    bypassOrgAuthEnabled: fromBit(row.bypass_org_auth_enabled),
    defaultMembershipRole: row.default_membership_role,
    userTokenExpiration: row.user_token_expiration,
    provisioningPolicy: row.provisioning_policy,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

const organizationById = statement((db: Db | Tx, { id }: Params<{ id: string }>) =>
  db.selectFrom('organizations').selectAll().where('id', '=', id),
);

/**
 * Takes an organization's exclusive lock until the transaction ends. A change of permissions or settings takes it
 * first: no sign-in completes and no permission is checked until it commits. Counting against a limit takes it too, so
 * that concurrent requests cannot exceed the limit.
 *
 * The lock comes before every row, in the order of `docs/decisions/lock-order.md`.
 */
export async function lockOrganization(tx: Tx, id: OrganizationId): Promise<void> {
  await lockAlone(tx, id);
}

/** The same for several organizations, in one order, so that deadlock is impossible. */
export async function lockOrganizations(tx: Tx, ids: readonly OrganizationId[]): Promise<void> {
  for (const id of inLockOrder(ids)) await lockAlone(tx, id);
}

/**
 * Takes an organization's shared lock until the transaction ends: its settings, members, groups, domains and connection
 * do not change until then. Every transaction that signs a user in takes it first.
 */
export async function shareOrganization(tx: Tx, id: OrganizationId): Promise<void> {
  await lockShared(tx, id);
}

/**
 * Takes the lock of an organization's admins until the transaction ends. Every transaction that removes an admin's
 * permissions takes it, so that two of them cannot remove the last two admins. A sign-in with the organization's shared
 * lock may take it too.
 */
export async function lockAdmins(tx: Tx, id: OrganizationId): Promise<void> {
  // An update without a change locks the row on PostgreSQL without blocking readers and foreign keys. SQLite runs one
  // write transaction at a time.
  await tx
    .updateTable('organizations')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('id', '=', id)
    .execute();
}

/** The roles of an active member: their own and those of their groups. Empty for other users. */
export async function findMemberRoles(db: Db | Tx, organizationId: OrganizationId, userId: UserId): Promise<Role[]> {
  const rows = await memberRoles.all(db, { organizationId, userId });
  return [...new Set(rows.flatMap(({ own, of_group }) => (of_group === null ? [own] : [own, of_group])))];
}

const memberRoles = statement(
  (db: Db | Tx, { organizationId, userId }: Params<{ organizationId: OrganizationId; userId: UserId }>) =>
    db
      .selectFrom('memberships')
      .leftJoin('group_memberships', (join) =>
        join
          .onRef('group_memberships.organization_id', '=', 'memberships.organization_id')
          .onRef('group_memberships.user_id', '=', 'memberships.user_id'),
      )
      .leftJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select(['memberships.role as own', 'groups.role as of_group'])
      .distinct()
      .where('memberships.organization_id', '=', organizationId)
      .where('memberships.user_id', '=', userId)
      .where('memberships.status', '=', 'accepted')
      .where('memberships.is_active', '=', 1),
);

export async function findIdentityRole(
  db: Db | Tx,
  organizationId: OrganizationId,
  identityId: MachineIdentityId,
): Promise<Role | undefined> {
  const row = await db
    .selectFrom('machine_identities')
    .select('role')
    .where('id', '=', identityId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row?.role;
}
