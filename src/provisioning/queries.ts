import type { Insertable, Updateable } from 'kysely';

import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { UserIdentitiesTable } from '../storage/schema/directory-schema.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';

/** The account behind an identity, with its membership in the organization. */
export async function findKnownAccount(tx: Tx, identityKey: string) {
  return knownAccount.first(tx, { identityKey });
}

export type KnownRow = NonNullable<Awaited<ReturnType<typeof findKnownAccount>>>;

const knownAccount = statement((tx: Tx, { identityKey }: Params<{ identityKey: string }>) =>
  tx
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'user_identities.user_id')
        .onRef('memberships.organization_id', '=', 'user_identities.organization_id'),
    )
    .leftJoin('relinkable_issuers', (join) =>
      join
        .onRef('relinkable_issuers.organization_id', '=', 'user_identities.organization_id')
        .onRef('relinkable_issuers.issuer', '=', 'user_identities.issuer'),
    )
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'user_identities.subject',
      'user_identities.relink_until_at',
      'relinkable_issuers.until_at as issuer_relink_until_at',
      'users.id',
      'users.email',
      'users.email_key',
      'users.first_name',
      'users.last_name',
      'users.is_instance_admin',
      'memberships.is_active',
    ])
    .where('user_identities.identity_key', '=', identityKey),
);

/** The member with an address in an organization, and whether they have a linked identity. */
export async function findNamesake(tx: Tx, organizationId: OrganizationId, emailKey: string) {
  return tx
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .leftJoin('user_identities', (join) =>
      join
        .onRef('user_identities.user_id', '=', 'memberships.user_id')
        .onRef('user_identities.organization_id', '=', 'memberships.organization_id'),
    )
    .leftJoin('relinkable_issuers', (join) =>
      join
        .onRef('relinkable_issuers.organization_id', '=', 'user_identities.organization_id')
        .onRef('relinkable_issuers.issuer', '=', 'user_identities.issuer'),
    )
    .select(['users.id', 'users.email', 'memberships.is_active'])
    .select([
      'user_identities.id as identity_id',
      'user_identities.issuer',
      'user_identities.identity_key',
      'user_identities.relink_until_at',
      'user_identities.relink_granter_kind',
      'user_identities.relink_granter_id',
      'user_identities.relink_granter_proof',
      'user_identities.relink_keeps_machine_access',
      'user_identities.created_at as identity_created_at',
    ])
    .select(['relinkable_issuers.until_at', 'relinkable_issuers.granter_kind', 'relinkable_issuers.granter_id'])
    .select(['relinkable_issuers.granter_proof', 'relinkable_issuers.keeps_machine_access'])
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.email_key', '=', emailKey)
    .executeTakeFirst();
}

export async function insertIdentity(tx: Tx, row: Insertable<UserIdentitiesTable>): Promise<void> {
  await tx.insertInto('user_identities').values(row).execute();
}

/**
 * Replaces an identity whose relinking is allowed, and uses the permission up; false if it was used or withdrawn
 * meanwhile, or if the new identity is linked already.
 */
export async function replaceIdentity(
  tx: Tx,
  { identityKey, by, nowMs }: { identityKey: string; by: 'name' | 'issuer' | undefined; nowMs: number },
  identity: Pick<UserIdentitiesTable, 'issuer' | 'subject' | 'identity_key'>,
): Promise<boolean> {
  const old = tx
    .updateTable('user_identities')
    .set({ ...identity, created_at: nowMs, last_login_at: nowMs })
    .set({ relink_until_at: null, relink_granter_kind: null, relink_granter_id: null, relink_granter_proof: null })
    .where('identity_key', '=', identityKey);
  const permitted =
    by === 'issuer'
      ? old.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('relinkable_issuers')
              .select('until_at')
              .whereRef('relinkable_issuers.organization_id', '=', 'user_identities.organization_id')
              .whereRef('relinkable_issuers.issuer', '=', 'user_identities.issuer')
              .where('until_at', '>', nowMs),
          ),
        )
      : old.where('relink_until_at', '>', nowMs);
  return (await permitted.executeTakeFirst()).numUpdatedRows === 1n;
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

/** Records an active member's last sign-in; false if they are no longer an active member. */
export async function touchMembership(tx: Tx, { userId, organizationId }: MemberKey, nowMs: number): Promise<boolean> {
  return (await touch.run(tx, { userId, organizationId, nowMs })) === 1;
}

const touch = statement((tx: Tx, { userId, organizationId, nowMs }: Params<MemberKey & { nowMs: number }>) =>
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
