import { type StoredOrganization, toStoredOrganization } from '../access/queries.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Db, Tx } from '../storage/database.ts';
import { toBit } from '../storage/schema/codecs.ts';

export async function findIdOfSlug(db: Db | Tx, slug: string): Promise<string | undefined> {
  const row = await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  return row?.id;
}

/** Adds an organization; `undefined` if its slug is taken. */
export async function insertOrganization(
  tx: Tx,
  organization: StoredOrganization,
): Promise<StoredOrganization | undefined> {
  const row = await tx
    .insertInto('organizations')
    .values({ ...settingColumns(organization), id: organization.id, created_at: organization.createdAtMs })
    .onConflict((on) => on.column('slug').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toStoredOrganization(row);
}

function settingColumns(organization: StoredOrganization) {
  return {
    name: organization.name,
    slug: organization.slug,
    auth_enforced: toBit(organization.authEnforced),
    bypass_org_auth_enabled: toBit(organization.bypassOrgAuthEnabled),
    default_membership_role: organization.defaultMembershipRole,
    user_token_expiration: organization.userTokenExpiration,
    provisioning_policy: organization.provisioningPolicy,
    updated_at: organization.updatedAtMs,
  };
}

/** The canonical form of a user's address, which is unique in an organization. */
export async function findEmailKey(db: Db | Tx, userId: UserId): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('email_key').where('id', '=', userId).executeTakeFirst();
  return row?.email_key;
}

/** Takes a user's lock until the transaction ends, for the same purpose as {@link lockOrganization}. */
export async function lockUser(tx: Tx, id: UserId): Promise<void> {
  await tx
    .updateTable('users')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('id', '=', id)
    .execute();
}

export async function countMembershipsOfUser(db: Db | Tx, userId: UserId): Promise<number> {
  const { count } = await db
    .selectFrom('memberships')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** An organization in which a user is an active member. */
export interface JoinedOrganization {
  readonly organization: StoredOrganization;
  /** The member's own role without groups. */
  readonly ownRole: Role;
  readonly joinedAtMs: number;
  readonly hasConnection: boolean;
}

/** The organizations in which a user is an active member, by name. */
export async function listOrganizationsOfUser(
  db: Db | Tx,
  { userId, organizationId, limit }: { userId: UserId; organizationId: OrganizationId | undefined; limit: number },
): Promise<JoinedOrganization[]> {
  const query = db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .leftJoin('connections', (join) =>
      join.onRef('connections.organization_id', '=', 'organizations.id').on('connections.is_active', '=', 1),
    )
    .selectAll('organizations')
    .select(['memberships.role', 'memberships.created_at as joined_at', 'connections.id as connection_id'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1)
    .orderBy('organizations.name')
    .orderBy('organizations.id')
    .limit(limit);
  const wanted = organizationId === undefined ? query : query.where('memberships.organization_id', '=', organizationId);
  return (await wanted.execute()).map((row) => ({
    organization: toStoredOrganization(row),
    ownRole: row.role,
    joinedAtMs: row.joined_at,
    hasConnection: row.connection_id !== null,
  }));
}

/** The roles of a user's groups, with their organizations. */
export async function listGroupRolesOfUser(db: Db | Tx, userId: UserId) {
  return db
    .selectFrom('memberships')
    .innerJoin('group_memberships', (join) =>
      join
        .onRef('group_memberships.organization_id', '=', 'memberships.organization_id')
        .onRef('group_memberships.user_id', '=', 'memberships.user_id'),
    )
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select(['group_memberships.organization_id', 'groups.role'])
    .distinct()
    .where('memberships.user_id', '=', userId)
    .execute();
}

export async function updateStoredOrganization(tx: Tx, organization: StoredOrganization): Promise<void> {
  await tx.updateTable('organizations').set(settingColumns(organization)).where('id', '=', organization.id).execute();
}

/** What an enforcement depends on: whether a connection is active, and when a sign-in last proved that it works. */
export async function findEnforcementGround(db: Db | Tx, id: OrganizationId) {
  return db
    .selectFrom('connections')
    .select(['is_active', 'last_sign_in_at'])
    .where('organization_id', '=', id)
    .executeTakeFirst();
}
