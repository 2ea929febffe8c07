import { type Insertable, sql, type Updateable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import type { InvitationStatus } from '../contract/invitations.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../contract/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

function selectRows(db: Db | Tx) {
  return db
    .selectFrom('invitations')
    .leftJoin('mail_outbox', 'mail_outbox.id', 'invitations.mail_id')
    .selectAll('invitations')
    .select('mail_outbox.status as mail_status');
}

export type InvitationRow = Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number];

export async function findInvitation(
  db: Db | Tx,
  organizationId: OrganizationId,
  id: string,
): Promise<InvitationRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return selectRows(db)
    .where('invitations.organization_id', '=', organizationId)
    .where('invitations.id', '=', id)
    .executeTakeFirst();
}

/** The invitation of a link, in any state. */
export async function findByTokenHash(db: Db | Tx, tokenHash: string): Promise<InvitationRow | undefined> {
  return selectRows(db).where('invitations.token_hash', '=', tokenHash).executeTakeFirst();
}

/** The invitation of an address that is not closed; it may have expired. */
export async function findUnclosed(
  db: Db | Tx,
  organizationId: OrganizationId,
  emailKey: string,
): Promise<InvitationRow | undefined> {
  return selectRows(db)
    .where('invitations.organization_id', '=', organizationId)
    .where('invitations.email_key', '=', emailKey)
    .where('invitations.status', '=', 'invited')
    .executeTakeFirst();
}

export interface InvitationsWanted {
  readonly organizationId: OrganizationId;
  readonly status: InvitationStatus | undefined;
  readonly nowMs: number;
}

/** A page of invitations, newest first. The rows of a page are found from indexes alone. */
export async function listInvitationRows(db: Db, wanted: InvitationsWanted, page: Page): Promise<InvitationRow[]> {
  return selectRows(db)
    .where('invitations.id', 'in', idsOfPage(db, wanted, page))
    .orderBy('invitations.created_at', 'desc')
    .orderBy('invitations.id', 'desc')
    .execute();
}

function idsOfPage(db: Db, wanted: InvitationsWanted, { offset, limit }: Page) {
  const newestFirst = (part: Part) =>
    part.select(['id', 'created_at']).orderBy('created_at', 'desc').orderBy('id', 'desc');
  const [first, second] = partsOf(db, wanted, 'by creation');
  if (second === undefined) return newestFirst(first).clearSelect().select('id').offset(offset).limit(limit);
  // Each part is read only as far as the page reaches, without sorting: the indexes have this order.
  const [one, other] = [first, second].map((part) => newestFirst(part).limit(offset + limit));
  if (one === undefined || other === undefined) throw new Error('both were there');
  const either = db
    .selectFrom(one.as('one'))
    .selectAll()
    .unionAll(db.selectFrom(other.as('other')).selectAll());
  return db
    .selectFrom(either.as('either'))
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit);
}

export async function countInvitations(db: Db | Tx, wanted: InvitationsWanted): Promise<number> {
  const counts = await Promise.all(
    partsOf(db, wanted).map(async (part) =>
      part.select((row) => row.fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
    ),
  );
  return counts.reduce((sum, { count }) => sum + Number(count), 0);
}

// Combines the stored status with the clock, as `statusOf` does for one row.
function partsOf(db: Db | Tx, { organizationId, status, nowMs }: InvitationsWanted, order?: 'by creation') {
  const all = db.selectFrom('invitations').where('organization_id', '=', organizationId);
  switch (status) {
    case undefined:
      return [all] as const;
    case 'accepted':
    case 'revoked':
      return [all.where('status', '=', status)] as const;
    case 'invited':
      return [all.where('status', '=', 'invited').where('expires_at', '>', nowMs)] as const;
    case 'expired': {
      const open = all.where('status', '=', 'invited');
      const late =
        order === 'by creation' ? open.where(endAsNumber, '<=', nowMs) : open.where('expires_at', '<=', nowMs);
      return [all.where('status', '=', 'expired'), late] as const;
    }
    default:
      return status satisfies never;
  }
}

// Nearly all rows match, so ordering by expiry and sorting would cost more than ordering by creation.
const endAsNumber = sql<number>`expires_at + 0`;

type Part = ReturnType<typeof partsOf>[0];

export async function insertInvitation(tx: Tx, row: Insertable<Schema['invitations']>): Promise<void> {
  await tx.insertInto('invitations').values(row).execute();
}

/** Changes an open invitation; false if it is closed. */
export async function changeUnclosed(tx: Tx, id: string, change: Updateable<Schema['invitations']>): Promise<boolean> {
  const result = await tx
    .updateTable('invitations')
    .set(change)
    .where('id', '=', id)
    .where('status', '=', 'invited')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Closes an invitation for the user who accepts it; false if it was accepted, revoked or renewed meanwhile, or has
 * expired.
 */
export async function closeAccepted(
  tx: Tx,
  { id, token_hash }: InvitationRow,
  { userId, nowMs }: { userId: string; nowMs: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('invitations')
    .set({ status: 'accepted', accepted_user_id: userId, updated_at: nowMs })
    .where('id', '=', id)
    .where('token_hash', '=', token_hash)
    .where('status', '=', 'invited')
    .where('expires_at', '>', nowMs)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function isMemberAddress(tx: Tx, organizationId: OrganizationId, emailKey: string): Promise<boolean> {
  const row = await tx
    .selectFrom('memberships')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('email_key', '=', emailKey)
    .executeTakeFirst();
  return row !== undefined;
}

/** The open invitation of a member's address, which rarely exists. */
export async function findUnclosedOfMember(
  tx: Tx,
  { organizationId, userId }: { organizationId: OrganizationId; userId: string },
): Promise<InvitationRow | undefined> {
  return selectRows(tx)
    .innerJoin('users', 'users.email_key', 'invitations.email_key')
    .where('users.id', '=', userId)
    .where('invitations.organization_id', '=', organizationId)
    .where('invitations.status', '=', 'invited')
    .executeTakeFirst();
}

/** Deletes invitations that ended before a time. */
export async function deleteInvitationsBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('invitations').select('id').where('expires_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('invitations').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
