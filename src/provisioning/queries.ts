import type { Insertable, Updateable } from 'kysely';

import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { Schema, UserIdentitiesTable } from '../storage/schema.ts';
import { statement } from '../storage/statement.ts';

/** The account behind an identity, with its membership in the organization. */
export async function findKnownAccount(tx: Tx, identityKey: string) {
  return knownAccount.first(tx, { identityKey });
}

const knownAccount = statement((tx: Tx, { identityKey }: { identityKey: string }) =>
  tx
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'user_identities.user_id')
        .onRef('memberships.organization_id', '=', 'user_identities.organization_id'),
    )
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'user_identities.subject',
      'user_identities.relink_until_at',
      'users.id',
      'users.email',
      'users.email_key',
      'users.first_name',
      'users.last_name',
      'users.is_super_admin',
      'memberships.is_active',
    ])
    .where('user_identities.identity_key', '=', identityKey),
);

/** The member who has an address in an organization, and whether an identity of this organization is linked to them. */
export async function findNamesake(tx: Tx, organizationId: OrganizationId, emailKey: string) {
  return tx
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .leftJoin('user_identities', (join) =>
      join
        .onRef('user_identities.user_id', '=', 'memberships.user_id')
        .onRef('user_identities.organization_id', '=', 'memberships.organization_id'),
    )
    .select(['users.id', 'users.email', 'memberships.is_active'])
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'user_identities.relink_until_at',
      'user_identities.relink_scope',
      'user_identities.relink_granter_kind',
      'user_identities.relink_granter_id',
    ])
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.email_key', '=', emailKey)
    .executeTakeFirst();
}

export async function insertIdentity(tx: Tx, row: Insertable<UserIdentitiesTable>): Promise<void> {
  await tx.insertInto('user_identities').values(row).execute();
}

/** Puts another identity in the place of one that may still be let go of, which uses the permission up; whether it could. */
export async function replaceIdentity(
  tx: Tx,
  { identityId, nowMs }: { identityId: string; nowMs: number },
  by: Pick<UserIdentitiesTable, 'issuer' | 'subject' | 'identity_key'>,
): Promise<boolean> {
  const result = await tx
    .updateTable('user_identities')
    .set({ ...by, created_at: nowMs, last_login_at: nowMs })
    .set({ relink_until_at: null, relink_scope: null, relink_granter_kind: null, relink_granter_id: null })
    .where('id', '=', identityId)
    .where('relink_until_at', '>', nowMs)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function updateUser(tx: Tx, id: UserId, change: Updateable<Schema['users']>): Promise<void> {
  await tx.updateTable('users').set(change).where('id', '=', id).execute();
}

export async function updateMembershipEmail(
  tx: Tx,
  { userId, organizationId }: MemberKey,
  emailKey: string,
): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ email_key: emailKey })
    .where('user_id', '=', userId)
    .where('organization_id', '=', organizationId)
    .execute();
}

/** Notes when an active member last signed in, and how; false when they are no active member any more. */
export async function touchMembership(tx: Tx, { userId, organizationId }: MemberKey, nowMs: number): Promise<boolean> {
  return (await touch.run(tx, { userId, organizationId, nowMs })) === 1;
}

const touch = statement((tx: Tx, { userId, organizationId, nowMs }: MemberKey & { nowMs: number }) =>
  tx
    .updateTable('memberships')
    .set({ last_login_at: nowMs, last_login_method: 'oidc' })
    .where('user_id', '=', userId)
    .where('organization_id', '=', organizationId)
    .where('is_active', '=', 1),
);

interface MemberKey {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
}
