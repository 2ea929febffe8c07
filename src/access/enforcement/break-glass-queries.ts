import type { Insertable } from 'kysely';

import type { Db, Tx } from '../../storage/database.ts';
import type { Schema } from '../../storage/schema/schema.ts';

interface Owner {
  readonly organizationId: string;
  readonly userId: string;
}

/** Replaces all codes of an owner by new ones. */
export async function replaceCodes(
  tx: Tx,
  owner: Owner,
  rows: readonly Insertable<Schema['break_glass_codes']>[],
): Promise<void> {
  await deleteCodes(tx, owner);
  await tx.insertInto('break_glass_codes').values(rows).execute();
}

async function deleteCodes(tx: Tx, { organizationId, userId }: Owner): Promise<void> {
  await tx
    .deleteFrom('break_glass_codes')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
}

/** Uses a code; true for exactly one caller. */
export async function claimCode(
  tx: Tx,
  { organizationId, userId, codeHash, nowMs }: Owner & { codeHash: string; nowMs: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('break_glass_codes')
    .set({ used_at: nowMs })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('code_hash', '=', codeHash)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function listCodes(db: Db, { organizationId, userId }: Owner) {
  return db
    .selectFrom('break_glass_codes')
    .select(['created_at', 'used_at'])
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
}

export async function findOrganizationBySlug(db: Db | Tx, slug: string) {
  return db
    .selectFrom('organizations')
    .select(['id', 'user_token_expiration'])
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/** The active member with an address in an organization. */
export async function findMemberByEmail(db: Db | Tx, organizationId: string, emailKey: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email'])
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.email_key', '=', emailKey)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1)
    .executeTakeFirst();
}
