import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Organizations that an instance admin deleted.
 *
 * Everything of such an organization is gone except its audit trail, which says what happened until then. The row lets an
 * instance admin find the trail by the organization's id. It also keeps the slug: bookmarks and links of the former
 * members lead to it, so only an instance admin may give it to another organization.
 */
export async function deletedOrganizations(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `create table deleted_organizations (
    id text primary key not null,
    name text not null,
    slug text not null,
    deleted_at bigint not null
  )`,
  `create index deleted_organizations_by_slug on deleted_organizations (slug)`,
];
