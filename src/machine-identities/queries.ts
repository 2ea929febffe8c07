import type { ExpressionBuilder, Insertable, Selectable, Updateable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { holds } from '../storage/text-search.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

type IdentityTable = Schema['machine_identities'];

/** A machine identity; `universal_auth_id` is `null` while it has none. */
export type IdentityRow = Selectable<IdentityTable> & { readonly universal_auth_id: string | null };

function selectIdentities(db: Db | Tx) {
  return db
    .selectFrom('machine_identities')
    .leftJoin('universal_auths', 'universal_auths.identity_id', 'machine_identities.id')
    .selectAll('machine_identities')
    .select('universal_auths.id as universal_auth_id');
}

/** A machine identity of any organization. The caller's access is checked against the row. */
export async function findIdentity(db: Db | Tx, id: string): Promise<IdentityRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return selectIdentities(db).where('machine_identities.id', '=', id).executeTakeFirst();
}

/** Selects an organization's machine identities: all, or those whose name contains a text. */
export interface IdentitiesWanted {
  readonly organizationId: OrganizationId;
  readonly search?: string;
}

/** A page of an organization's machine identities, by name. */
export async function listIdentityRows(
  db: Db,
  wanted: IdentitiesWanted,
  { offset, limit }: Page,
): Promise<IdentityRow[]> {
  return selectIdentities(db)
    .where(fits(wanted))
    .orderBy('machine_identities.name')
    .orderBy('machine_identities.id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function countIdentities(db: Db | Tx, wanted: IdentitiesWanted): Promise<number> {
  const { count } = await db
    .selectFrom('machine_identities')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where(fits(wanted))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function fits({ organizationId, search = '' }: IdentitiesWanted) {
  return ({ eb, and }: ExpressionBuilder<Schema, 'machine_identities'>) =>
    and([
      eb('machine_identities.organization_id', '=', organizationId),
      ...(search === '' ? [] : [holds('machine_identities.name', search)]),
    ]);
}

export async function insertIdentity(tx: Tx, row: Insertable<IdentityTable>): Promise<void> {
  await tx.insertInto('machine_identities').values(row).execute();
}

export async function updateIdentityRow(tx: Tx, id: string, changes: Updateable<IdentityTable>): Promise<void> {
  await tx.updateTable('machine_identities').set(changes).where('id', '=', id).execute();
}

/** Deletes an identity with its universal auth, client secrets and tokens. False if it does not exist. */
export async function deleteIdentityRow(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('machine_identities').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
