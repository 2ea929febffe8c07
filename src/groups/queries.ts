import { type Insertable, type Selectable, sql } from 'kysely';

import type { OrganizationId } from '../contract/ids.ts';
import { isIdentifier } from '../organizations/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema.ts';

type GroupTable = Schema['groups'];

export type GroupRow = Selectable<GroupTable>;

/** A group of any organization: the caller's right to it is decided on the row. */
export async function findGroup(db: Db | Tx, id: string): Promise<GroupRow | undefined> {
  if (!isIdentifier(id)) return undefined;
  return db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Adds a group; false when its name or its slug is taken in its organization. */
export async function insertGroup(tx: Tx, row: Insertable<GroupTable>): Promise<boolean> {
  const result = await tx
    .insertInto('groups')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function hasGroupNamed(tx: Tx, organizationId: OrganizationId, name: string): Promise<boolean> {
  const row = await tx
    .selectFrom('groups')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countGroups(db: Db | Tx, organizationId: OrganizationId): Promise<number> {
  const { count } = await db
    .selectFrom('groups')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function listGroupRows(db: Db, organizationId: OrganizationId, limit: number): Promise<GroupRow[]> {
  return db
    .selectFrom('groups')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('name')
    .limit(limit)
    .execute();
}

/** Which of an organization's members are meant: those whose user name, or anything that names them, holds a text. */
export interface MemberFilter {
  readonly organizationId: string;
  readonly groupId: string;
  readonly username: string | undefined;
  readonly search: string | undefined;
}

function selectMembers(db: Db, { organizationId, groupId, username, search }: MemberFilter) {
  let query = db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .leftJoin('group_memberships', (join) =>
      join
        .onRef('group_memberships.user_id', '=', 'memberships.user_id')
        .on('group_memberships.group_id', '=', groupId),
    )
    .where('memberships.organization_id', '=', organizationId);
  if (username !== undefined && username !== '') query = query.where(holds('users.username', username));
  if (search !== undefined && search !== '') {
    query = query.where((row) =>
      row.or([
        holds('users.username', search),
        holds('users.email', search),
        holds('users.first_name', search),
        holds('users.last_name', search),
      ]),
    );
  }
  return query;
}

/** A page of an organization's members by user name, with when each joined the group; `null` when they did not. */
export async function listMembers(db: Db, filter: MemberFilter, { offset, limit }: { offset: number; limit: number }) {
  return selectMembers(db, filter)
    .select(['users.id', 'users.email', 'users.username', 'users.first_name', 'users.last_name'])
    .select('group_memberships.created_at as joined_at')
    .orderBy('users.username')
    .orderBy('users.id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number];

export async function countMembers(db: Db, filter: MemberFilter): Promise<number> {
  const { count } = await selectMembers(db, filter)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

// Letters of ASCII match in either case; what else differs, differs. That is what both engines do alike: the columns
// compare by the "C" locale on PostgreSQL, and SQLite folds no other letters.
function holds(column: 'users.username' | 'users.email' | 'users.first_name' | 'users.last_name', text: string) {
  const pattern = `%${escapeLike(text)}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}

/** A text as a pattern that matches nothing but the text: `%`, `_` and the escape itself are taken as they are. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
