import type { OrganizationId } from '../contract/ids.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../organizations/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';

/** An identity that is linked to a member, with the member. */
export interface LinkedMember {
  readonly identity_id: string;
  readonly issuer: string;
  readonly user_id: string;
  readonly membership_id: string;
  readonly email: string;
  readonly email_key: string;
}

/** Those of the named members of an organization who have an identity, with it. */
export async function findLinkedMembers(
  tx: Tx,
  organizationId: OrganizationId,
  membershipIds: readonly string[],
): Promise<LinkedMember[]> {
  const known = membershipIds.filter(isIdentifier);
  if (known.length === 0) return [];
  return selectLinked(tx, organizationId)
    .where('memberships.id', 'in', known)
    .orderBy('memberships.email_key')
    .execute();
}

/** The active members whose identity is of an issuer, in the order of their users' identifiers, after one of these. */
export async function listMembersOfIssuer(
  db: Db | Tx,
  {
    organizationId,
    issuer,
    after,
    limit,
  }: { organizationId: OrganizationId; issuer: string; after: string; limit: number },
): Promise<LinkedMember[]> {
  return selectLinked(db, organizationId)
    .where('user_identities.issuer', '=', issuer)
    .where('user_identities.id', '>', after)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1)
    .orderBy('user_identities.id')
    .limit(limit)
    .execute();
}

function selectLinked(db: Db | Tx, organizationId: OrganizationId) {
  return db
    .selectFrom('user_identities')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'user_identities.user_id')
        .onRef('memberships.organization_id', '=', 'user_identities.organization_id'),
    )
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'user_identities.user_id',
      'memberships.id as membership_id',
      'memberships.email_key',
      'users.email',
    ])
    .where('user_identities.organization_id', '=', organizationId);
}

/** Everybody who is an admin of an organization, by their own role or by a group's. */
export async function listAdminIds(tx: Tx, organizationId: OrganizationId): Promise<Set<string>> {
  const own = await tx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'admin')
    .execute();
  const byGroup = await tx
    .selectFrom('groups')
    .innerJoin('group_memberships', 'group_memberships.group_id', 'groups.id')
    .select('group_memberships.user_id')
    .where('groups.organization_id', '=', organizationId)
    .where('groups.role', '=', 'admin')
    .execute();
  return new Set([...own, ...byGroup].map((row) => row.user_id));
}

/** A permission to relink, in the columns of the identity that it lets go of. */
export interface RelinkColumns {
  readonly relink_until_at: number;
  readonly relink_scope: 'any' | 'other-issuer';
  readonly relink_granter_kind: 'user' | 'identity';
  readonly relink_granter_id: string;
}

export async function permitRelink(tx: Tx, identityIds: readonly string[], permission: RelinkColumns): Promise<void> {
  if (identityIds.length === 0) return;
  await tx.updateTable('user_identities').set(permission).where('id', 'in', identityIds).execute();
}

const nothingPermitted = {
  relink_until_at: null,
  relink_scope: null,
  relink_granter_kind: null,
  relink_granter_id: null,
} as const;

/** Takes every permission of an organization back, or those of some of its members; returns how many had not run out. */
export async function takeBackRelinks(
  tx: Tx,
  { organizationId, userIds }: { organizationId: OrganizationId; userIds?: readonly string[] },
  nowMs: number,
): Promise<number> {
  const open = tx
    .updateTable('user_identities')
    .set(nothingPermitted)
    .where('organization_id', '=', organizationId)
    .where('relink_until_at', 'is not', null);
  const meant = userIds === undefined ? open : open.where('user_id', 'in', userIds);
  const rows = await meant.where('relink_until_at', '>', nowMs).returning('id').execute();
  return rows.length;
}

interface OpenAt {
  readonly organizationId: OrganizationId;
  readonly nowMs: number;
}

/** A page of the permissions of an organization that nobody has used. */
export async function listOpenRelinks(db: Db, open: OpenAt, { offset, limit }: Page) {
  return selectOpen(db, open)
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select([
      'memberships.id as membership_id',
      'user_identities.user_id',
      'users.email',
      'user_identities.issuer',
      'user_identities.relink_scope',
      'user_identities.relink_until_at',
    ])
    .orderBy('user_identities.user_id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function countOpenRelinks(db: Db, open: OpenAt): Promise<number> {
  const { count } = await selectOpen(db, open)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function selectOpen(db: Db, { organizationId, nowMs }: OpenAt) {
  return db
    .selectFrom('user_identities')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'user_identities.user_id')
        .onRef('memberships.organization_id', '=', 'user_identities.organization_id'),
    )
    .where('user_identities.organization_id', '=', organizationId)
    .where('user_identities.relink_until_at', 'is not', null)
    .where('user_identities.relink_until_at', '>', nowMs);
}
