import { type Insertable, sql, type Updateable } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import type { InvitationStatus } from '../contract/invitations.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../organizations/identifier.ts';
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

/** The invitation of a link, whatever became of it. */
export async function findByTokenHash(db: Db | Tx, tokenHash: string): Promise<InvitationRow | undefined> {
  return selectRows(db).where('invitations.token_hash', '=', tokenHash).executeTakeFirst();
}

/** The invitation of an address that nobody has closed; its time may have run out. */
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

/** A page of invitations, the newest first. Which ones a page holds is found from indexes alone. */
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
  // Each part is read as far as the page reaches, and not sorted: their indexes have them in this order.
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

// What a row says and what the clock says, as `statusOf` puts them together for one row.
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

// Nearly all of them fit, so going by their end and sorting would cost more than going by when they were made.
const endAsNumber = sql<number>`expires_at + 0`;

type Part = ReturnType<typeof partsOf>[0];

export async function insertInvitation(tx: Tx, row: Insertable<Schema['invitations']>): Promise<void> {
  await tx.insertInto('invitations').values(row).execute();
}

/** Changes an invitation that is not closed yet; whether it was so. */
export async function changeUnclosed(tx: Tx, id: string, change: Updateable<Schema['invitations']>): Promise<boolean> {
  const result = await tx
    .updateTable('invitations')
    .set(change)
    .where('id', '=', id)
    .where('status', '=', 'invited')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Closes an invitation for whoever accepts it; false when it was accepted, withdrawn or renewed meanwhile, or ran out. */
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

/** The open invitation of the address that a member has; there is none as a rule. */
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

/** Removes what became of invitations whose time was over before a moment. */
export async function deleteInvitationsBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('invitations').select('id').where('expires_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('invitations').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
