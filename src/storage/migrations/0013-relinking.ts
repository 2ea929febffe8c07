import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * The permission that a member's next sign-in may come with another identity, which then replaces the one that they have.
 *
 * It stands with the identity that it lets go of, so that it ends with it and is used once. Who gave it is kept, since it
 * holds only while they may still change members. `relink_scope` says which other identity: any, or only one of another
 * issuer. The first index
 * holds what is open alone, which is little, except while an organization moves.
 */
export async function relinking(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `alter table user_identities add column relink_until_at bigint`,
  `alter table user_identities add column relink_scope text check (relink_scope in ('any', 'other-issuer'))`,
  `alter table user_identities add column relink_granter_kind text check (relink_granter_kind in ('user', 'identity'))`,
  `alter table user_identities add column relink_granter_id text`,
  `create index user_identities_relinkable on user_identities (organization_id, user_id)
    where relink_until_at is not null`,
  `create index user_identities_by_issuer on user_identities (organization_id, issuer, id)`,
];
