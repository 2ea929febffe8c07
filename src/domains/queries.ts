import type { Selectable, Updateable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import { isIdentifier } from '../contract/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';

export type EmailDomainRow = Selectable<Schema['email_domains']>;
export type OperatorDomainRow = Selectable<Schema['operator_domains']>;

const owning = ['verified', 'grace'] as const;

/** A domain of any organization. The caller's access is checked against the row. */
export async function findEmailDomain(db: Db | Tx, id: string): Promise<EmailDomainRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return db.selectFrom('email_domains').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findDomainOf(
  db: Db | Tx,
  organizationId: OrganizationId,
  domain: string,
): Promise<EmailDomainRow | undefined> {
  return db
    .selectFrom('email_domains')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('domain', '=', domain)
    .executeTakeFirst();
}

/** The organization whose verification makes it the one owner, even if its grace period has just ended. */
export async function findHolder(db: Db | Tx, domain: string): Promise<EmailDomainRow | undefined> {
  return db
    .selectFrom('email_domains')
    .selectAll()
    .where('domain', '=', domain)
    .where('status', 'in', owning)
    .executeTakeFirst();
}

/** The organization that owns a domain at a time. */
export async function findOwnerId(db: Db | Tx, domain: string, nowMs: number): Promise<string | undefined> {
  return (await ownerOfDomain.first(db, { domain, nowMs }))?.organization_id;
}

const ownerOfDomain = statement((db: Db | Tx, { domain, nowMs }: Params<{ domain: string; nowMs: number }>) =>
  db
    .selectFrom('email_domains')
    .select('organization_id')
    .where('domain', '=', domain)
    .where('status', 'in', owning)
    .where((it) => it.or([it('status', '=', 'verified'), it('grace_ends_at', '>', nowMs)])),
);

export async function listEmailDomainRows(
  db: Db,
  organizationId: OrganizationId,
  limit: number,
): Promise<EmailDomainRow[]> {
  return db
    .selectFrom('email_domains')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('domain')
    .limit(limit)
    .execute();
}

export async function countEmailDomains(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const { count } = await tx
    .selectFrom('email_domains')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Adds a domain; false if the organization has it already. */
export async function insertEmailDomain(tx: Tx, row: EmailDomainRow): Promise<boolean> {
  const result = await tx
    .insertInto('email_domains')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'domain']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

type Change = Omit<Updateable<Schema['email_domains']>, 'id' | 'revision' | 'organization_id' | 'domain'>;

/** Changes a domain that is still as it was read; `undefined` otherwise. */
export async function changeEmailDomain(
  tx: Tx,
  { id, revision }: Pick<EmailDomainRow, 'id' | 'revision'>,
  change: Change,
): Promise<EmailDomainRow | undefined> {
  return tx
    .updateTable('email_domains')
    .set({ ...change, revision: revision + 1 })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .returningAll()
    .executeTakeFirst();
}

export async function deleteEmailDomainRow(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('email_domains').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Reserves the next check of a domain: false for every caller before the interval is over, on any node. */
export async function claimLook(
  tx: Tx,
  id: string,
  { nowMs, pauseMs }: { nowMs: number; pauseMs: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('email_domains')
    .set({ last_checked_at: nowMs })
    .where('id', '=', id)
    .where((it) => it.or([it('last_checked_at', 'is', null), it('last_checked_at', '<=', nowMs - pauseMs)]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Reserves domains that are due for a check, the most overdue first, by moving their time. The condition appears twice
 * because PostgreSQL checks the outer one again for a row that another node has just reserved.
 */
export async function claimDueDomains(
  tx: Tx,
  { nowMs, leaseMs, limit }: { nowMs: number; leaseMs: number; limit: number },
): Promise<EmailDomainRow[]> {
  return tx
    .updateTable('email_domains')
    .set({ next_check_at: nowMs + leaseMs })
    .where('next_check_at', '<=', nowMs)
    .where('id', 'in', (it) =>
      it
        .selectFrom('email_domains')
        .select('id')
        .where('next_check_at', '<=', nowMs)
        .orderBy('next_check_at')
        .limit(limit),
    )
    .returningAll()
    .execute();
}

export async function findOperatorDomain(db: Db | Tx, domain: string): Promise<OperatorDomainRow | undefined> {
  return db.selectFrom('operator_domains').selectAll().where('domain', '=', domain).executeTakeFirst();
}

export async function findOperatorDomainById(db: Db | Tx, id: string): Promise<OperatorDomainRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return db.selectFrom('operator_domains').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listOperatorDomainRows(db: Db): Promise<OperatorDomainRow[]> {
  return db.selectFrom('operator_domains').selectAll().orderBy('domain').execute();
}

/** Binds an operator's domain to an organization unless it is bound already; true if it did. */
export async function bindOperatorDomain(tx: Tx, row: OperatorDomainRow): Promise<boolean> {
  const result = await tx
    .insertInto('operator_domains')
    .values(row)
    .onConflict((on) =>
      on
        .column('domain')
        .doUpdateSet({
          configured_organization: row.configured_organization,
          organization_id: row.organization_id,
          bound_at: row.bound_at,
        })
        .where('operator_domains.configured_organization', '!=', row.configured_organization),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findOrganizationIdBySlug(db: Db | Tx, slug: string): Promise<string | undefined> {
  const row = await db.selectFrom('organizations').select('id').where('slug', '=', slug).executeTakeFirst();
  return row?.id;
}
