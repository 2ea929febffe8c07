import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * The permission that a member's next sign-in may come with another identity, which then replaces the one that they have.
 *
 * By name it stands with the identity that it lets go of, so that it ends with it and is used once. For all identities of
 * an issuer it is one row, however many they are: an admin of a hundred thousand members must not make everybody else
 * wait while each is written to. Who gave it is kept, since it holds only while they may still change members. The first
 * index holds what is open by name alone, which is little; the second counts what is left of an issuer.
 */
export async function relinking(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `alter table user_identities add column relink_until_at bigint`,
  `alter table user_identities add column relink_granter_kind text check (relink_granter_kind in ('user', 'identity'))`,
  `alter table user_identities add column relink_granter_id text`,
  `create index user_identities_relinkable on user_identities (organization_id, user_id)
    where relink_until_at is not null`,
  `create index user_identities_by_issuer on user_identities (organization_id, issuer)`,
  `create table relinkable_issuers (
    organization_id text not null references organizations (id) on delete cascade,
    issuer text not null,
    until_at bigint not null,
    granter_kind text not null check (granter_kind in ('user', 'identity')),
    granter_id text not null,
    primary key (organization_id, issuer)
  )`,
];
