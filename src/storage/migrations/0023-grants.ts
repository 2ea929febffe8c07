import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Who gave what lasts, and how they were signed in.
 *
 * When the account of a member returns to its owner, everything that the stranger gave must end: also the role of a
 * machine identity and a client secret, which nothing tied to a person. `granter_proof` is a person's sign-in method, or
 * for a machine identity the id of the client secret behind its token. So what was given with a stranger's secret ends
 * too, and an instance admin's grant counts as one only if their password vouched for them.
 *
 * `keeps_machine_access` belongs to a permission to relink: the admin who plans a move says that the machine identities
 * stay as they are.
 */
export async function grants(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const kind = `text check (granter_kind in ('user', 'identity'))`;
const bit = (column: string) => `${column} smallint not null default 0 check (${column} in (0, 1))`;

const statements = [
  `alter table machine_identities add column granter_kind ${kind}`,
  `alter table machine_identities add column granter_id text`,
  `alter table machine_identities add column granter_proof text`,
  `alter table machine_identities add column granted_at bigint`,
  `alter table client_secrets add column granter_kind ${kind}`,
  `alter table client_secrets add column granter_id text`,
  `alter table client_secrets add column granter_proof text`,
  `alter table audit_webhooks add column granter_kind ${kind}`,
  `alter table audit_webhooks add column granter_id text`,
  `alter table audit_webhooks add column granter_proof text`,
  `alter table audit_webhooks add column granted_at bigint`,
  `alter table invitations add column inviter_proof text`,
  `alter table user_identities add column relink_granter_proof text`,
  `alter table user_identities add column ${bit('relink_keeps_machine_access')}`,
  `alter table relinkable_issuers add column granter_proof text`,
  `alter table relinkable_issuers add column ${bit('keeps_machine_access')}`,
  `create index client_secrets_by_granter on client_secrets (granter_id) where granter_id is not null`,
  `create index machine_identities_by_granter on machine_identities (granter_id) where granter_id is not null`,
];
