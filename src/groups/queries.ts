import type { Selectable } from 'kysely';

import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Page } from '../contract/page.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { holds, namesHold } from '../storage/text-search.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** A group of an organization. */
export interface StoredGroup {
  readonly id: string;
  readonly organizationId: OrganizationId;
  readonly name: string;
  readonly slug: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A group of any organization. The caller's access is checked against its organization. */
export async function findGroup(db: Db | Tx, id: string): Promise<StoredGroup | undefined> {
  if (!isIdentifier(id)) return undefined;
  const row = await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toStoredGroup(row);
}

function toStoredGroup(row: Selectable<Schema['groups']>): StoredGroup {
  return {
    id: row.id,
    organizationId: asId<OrganizationId>(row.organization_id),
    name: row.name,
    slug: row.slug,
    role: row.role,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** Adds a group; false if its name or slug is taken in its organization. */
export async function insertGroup(tx: Tx, group: StoredGroup): Promise<boolean> {
  const { id, organizationId, name, slug, role, createdAtMs, updatedAtMs } = group;
  const result = await tx
    .insertInto('groups')
    .values({
      id,
      organization_id: organizationId,
      name,
      slug,
      role,
      created_at: createdAtMs,
      updated_at: updatedAtMs,
    })
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

export async function hasGroupWithSlug(tx: Tx, organizationId: OrganizationId, slug: string): Promise<boolean> {
  const row = await tx
    .selectFrom('groups')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  return row !== undefined;
}

export async function updateStoredGroup(tx: Tx, { id, name, slug, role, updatedAtMs }: StoredGroup): Promise<void> {
  await tx.updateTable('groups').set({ name, slug, role, updated_at: updatedAtMs }).where('id', '=', id).execute();
}

/** Deletes a group with its memberships. */
export async function deleteStoredGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('groups').where('id', '=', id).execute();
}

export async function countGroups(db: Db | Tx, wanted: GroupsWanted): Promise<number> {
  const { count } = await groupsWanted(db, wanted)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Selects an organization's groups: all, or those whose name or slug contains a text. */
export interface GroupsWanted {
  readonly organizationId: OrganizationId;
  readonly search?: string;
}

/** A page of an organization's groups, by name. */
export async function listStoredGroups(db: Db, wanted: GroupsWanted, { offset, limit }: Page): Promise<StoredGroup[]> {
  const rows = await groupsWanted(db, wanted).selectAll().orderBy('name').offset(offset).limit(limit).execute();
  return rows.map(toStoredGroup);
}

function groupsWanted(db: Db | Tx, { organizationId, search = '' }: GroupsWanted) {
  const all = db.selectFrom('groups').where('organization_id', '=', organizationId);
  if (search === '') return all;
  return all.where(({ or }) => or([holds('groups.name', search), holds('groups.slug', search)]));
}

/** Selects an organization's members: those whose user name, or a column that names them, contains a text. */
export interface MemberFilter {
  readonly organizationId: string;
  readonly groupId: string;
  readonly username: string | undefined;
  readonly search: string | undefined;
}

function selectMembers(db: Db, { organizationId, username, search }: MemberFilter) {
  const query = db.selectFrom('memberships').where('memberships.organization_id', '=', organizationId);
  const wanted = [
    ...(username !== undefined && username !== '' ? [holds('users.username', username)] : []),
    ...(search !== undefined && search !== '' ? [namesHold(search)] : []),
  ];
  if (wanted.length === 0) return query;
  return query.where(({ exists, selectFrom, and }) =>
    exists(selectFrom('users').select('users.id').whereRef('users.id', '=', 'memberships.user_id').where(and(wanted))),
  );
}

/** A member of an organization, who may be in its groups. */
export interface PossibleMember {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The same, with when they joined one group; `undefined` if they are not in it. */
export interface ListedMember extends PossibleMember {
  readonly joinedAtMs: number | undefined;
}

/**
 * A page of an organization's members, with when each joined the group. They are ordered
 * by e-mail address, which is the order of an index, so that no sorting is needed.
 */
export async function listMembers(db: Db, filter: MemberFilter, { offset, limit }: Page): Promise<ListedMember[]> {
  const page = selectMembers(db, filter)
    .select('memberships.id')
    .orderBy('memberships.email_key')
    .offset(offset)
    .limit(limit);
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .leftJoin('group_memberships', (join) =>
      join
        .onRef('group_memberships.user_id', '=', 'memberships.user_id')
        .on('group_memberships.group_id', '=', filter.groupId),
    )
    .select(['users.id', 'users.email', 'users.username', 'users.first_name', 'users.last_name'])
    .select('group_memberships.created_at as joined_at')
    .where('memberships.id', 'in', page)
    .orderBy('memberships.email_key')
    .execute();
  return rows.map((row) => ({ ...toPossibleMember(row), joinedAtMs: row.joined_at ?? undefined }));
}

function toPossibleMember(row: UserNames): PossibleMember {
  return { id: row.id, email: row.email, username: row.username, firstName: row.first_name, lastName: row.last_name };
}

type UserNames = Pick<Selectable<Schema['users']>, 'id' | 'email' | 'username' | 'first_name' | 'last_name'>;

export async function countMembers(db: Db, filter: MemberFilter): Promise<number> {
  const { count } = await selectMembers(db, filter)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * The member of an organization with a user name, active or not. `undefined` without exactly one: user names
 * are not unique across providers, and the wrong user must not be added.
 */
export async function findMemberNamed(
  db: Db | Tx,
  organizationId: OrganizationId,
  username: string,
): Promise<PossibleMember | undefined> {
  const rows = await db
    .selectFrom('users')
    .select(['users.id', 'users.email', 'users.username', 'users.first_name', 'users.last_name'])
    .where('users.username', '=', username)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('memberships')
          .select('memberships.id')
          .whereRef('memberships.user_id', '=', 'users.id')
          .where('memberships.organization_id', '=', organizationId),
      ),
    )
    .limit(2)
    .execute();
  const [row] = rows;
  return row !== undefined && rows.length === 1 ? toPossibleMember(row) : undefined;
}

/** Adds a member to a group manually; false if they are in it already. */
export async function insertGroupMembership(
  tx: Tx,
  row: { groupId: string; userId: string; organizationId: OrganizationId; nowMs: number },
): Promise<boolean> {
  const result = await tx
    .insertInto('group_memberships')
    .values({
      group_id: row.groupId,
      user_id: row.userId,
      organization_id: row.organizationId,
      source: 'manual',
      created_at: row.nowMs,
    })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Removes a member from a group; false if they are not in it. */
export async function deleteGroupMembership(
  tx: Tx,
  { groupId, userId }: { groupId: string; userId: string },
): Promise<boolean> {
  const result = await tx
    .deleteFrom('group_memberships')
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Whether the organization's identity provider manages the group memberships. */
export async function isManagedByProvider(db: Db | Tx, organizationId: OrganizationId): Promise<boolean> {
  const row = await db
    .selectFrom('connections')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('is_active', '=', 1)
    .where('manage_group_memberships', '=', 1)
    .executeTakeFirst();
  return row !== undefined;
}
