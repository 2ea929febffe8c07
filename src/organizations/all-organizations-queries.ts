import type { Page } from '../contract/page.ts';
import type { Db } from '../storage/database.ts';
import { type StoredOrganization, toStoredOrganization } from '../access/queries.ts';
import { holds } from '../storage/text-search.ts';

/** Selects organizations of the server: all, those whose name or slug contains a text, or the one with a slug. */
export interface OrganizationsWanted {
  readonly search?: string;
  readonly slug?: string;
}

export async function listAllOrganizationRows(
  db: Db,
  wanted: OrganizationsWanted,
  { offset, limit }: Page,
): Promise<StoredOrganization[]> {
  const rows = await organizationsWanted(db, wanted)
    .selectAll()
    .orderBy('name')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
  return rows.map(toStoredOrganization);
}

export async function countAllOrganizations(db: Db, wanted: OrganizationsWanted): Promise<number> {
  const { count } = await organizationsWanted(db, wanted)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function organizationsWanted(db: Db, { search = '', slug }: OrganizationsWanted) {
  const all = db.selectFrom('organizations');
  const named = slug === undefined ? all : all.where('slug', '=', slug);
  if (search === '') return named;
  return named.where(({ or }) => or([holds('organizations.name', search), holds('organizations.slug', search)]));
}
