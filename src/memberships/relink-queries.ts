import type { Selectable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../contract/identifier.ts';
import type { Bit } from '../storage/schema/codecs.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

export type RelinkableIssuerRow = Selectable<Schema['relinkable_issuers']>;

/** A linked identity with its member. */
export interface LinkedMember {
  readonly identity_id: string;
  readonly issuer: string;
  readonly user_id: string;
  readonly membership_id: string;
  readonly email: string;
  readonly email_key: string;
}

/** The named members of an organization that have a linked identity, with it. */
export async function findLinkedMembers(
  tx: Tx,
  organizationId: OrganizationId,
  membershipIds: readonly string[],
): Promise<LinkedMember[]> {
  const known = membershipIds.filter(isIdentifier);
  if (known.length === 0) return [];
  return tx
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .innerJoin('user_identities', (join) =>
      join
        .onRef('user_identities.user_id', '=', 'memberships.user_id')
        .onRef('user_identities.organization_id', '=', 'memberships.organization_id'),
    )
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'memberships.user_id',
      'memberships.id as membership_id',
      'memberships.email_key',
      'users.email',
    ])
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.id', 'in', known)
    .orderBy('memberships.email_key')
    .execute();
}

/** The number of linked identities of an issuer in an organization. */
export async function countIdentitiesOf(db: Db | Tx, organizationId: OrganizationId, issuer: string): Promise<number> {
  const { count } = await db
    .selectFrom('user_identities')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('issuer', '=', issuer)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Who gives a permission, and until when. */
export interface Permission {
  readonly untilMs: number;
  readonly kind: 'user' | 'identity';
  readonly id: string;
  readonly proof: string | null;
  readonly keepsMachineAccess: Bit;
}

export async function permitIdentities(
  tx: Tx,
  identityIds: readonly string[],
  { untilMs, kind, id, proof, keepsMachineAccess }: Permission,
): Promise<void> {
  const granter = { relink_granter_kind: kind, relink_granter_id: id, relink_granter_proof: proof };
  await tx
    .updateTable('user_identities')
    .set({ relink_until_at: untilMs, ...granter, relink_keeps_machine_access: keepsMachineAccess })
    .where('id', 'in', identityIds)
    .execute();
}

export async function permitIssuer(
  tx: Tx,
  { organizationId, issuer }: { organizationId: OrganizationId; issuer: string },
  { untilMs, kind, id, proof, keepsMachineAccess }: Permission,
): Promise<void> {
  const granter = { granter_kind: kind, granter_id: id, granter_proof: proof };
  const terms = { until_at: untilMs, ...granter, keeps_machine_access: keepsMachineAccess };
  await tx
    .insertInto('relinkable_issuers')
    .values({ organization_id: organizationId, issuer, ...terms })
    .onConflict((on) => on.columns(['organization_id', 'issuer']).doUpdateSet(terms))
    .execute();
}

/** Withdraws the permissions of named members; returns how many were still valid. */
export async function takeBackNamed(
  tx: Tx,
  { organizationId, userIds }: { organizationId: OrganizationId; userIds?: readonly string[] },
  nowMs: number,
): Promise<number> {
  const open = tx
    .updateTable('user_identities')
    .set({ relink_until_at: null, relink_granter_kind: null, relink_granter_id: null, relink_granter_proof: null })
    .where('organization_id', '=', organizationId)
    .where('relink_until_at', 'is not', null);
  const meant = userIds === undefined ? open : open.where('user_id', 'in', userIds);
  return (await meant.where('relink_until_at', '>', nowMs).returning('id').execute()).length;
}

/** Withdraws the permissions for whole issuers; returns how many were still valid. */
export async function takeBackIssuers(tx: Tx, organizationId: OrganizationId, nowMs: number): Promise<number> {
  const rows = await tx
    .deleteFrom('relinkable_issuers')
    .where('organization_id', '=', organizationId)
    .returning('until_at')
    .execute();
  return rows.filter((row) => row.until_at > nowMs).length;
}

interface OpenAt {
  readonly organizationId: OrganizationId;
  readonly nowMs: number;
}

/** A page of the named members who have not relinked. */
export async function listOpenRelinks(db: Db, open: OpenAt, { offset, limit }: Page) {
  return selectOpen(db, open)
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select([
      'memberships.id as membership_id',
      'user_identities.user_id',
      'users.email',
      'user_identities.issuer',
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

/** The issuers whose identities may be replaced. An organization has only a few. */
export async function listRelinkableIssuers(db: Db, { organizationId, nowMs }: OpenAt): Promise<RelinkableIssuerRow[]> {
  return db
    .selectFrom('relinkable_issuers')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('until_at', '>', nowMs)
    .orderBy('issuer')
    .execute();
}
