import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * What a connection may ask for besides its endpoints, and the keys of clients that prove themselves without a secret.
 *
 * `options` is a JSON object of the options that differ from their defaults, so that one that is added later needs no
 * migration and a default is nowhere copied.
 *
 * `client_keys` are the key pairs of `private_key_jwt`: their public halves are published, each from its making on, used
 * for new assertions from `active_from_at`, and gone after `publish_until_at`. `destination` is what the private half is
 * sealed for: the organization, and the place that assertions go to.
 */
export async function connectionOptions(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `alter table oidc_configs add column options text not null default '{}'`,
  `create table client_keys (
    id text primary key not null,
    oidc_config_id text not null references oidc_configs (id) on delete cascade,
    destination text not null,
    public_jwk text not null,
    sealed_private_jwk text not null,
    active_from_at bigint not null,
    publish_until_at bigint,
    created_at bigint not null
  )`,
  `create index client_keys_by_config on client_keys (oidc_config_id)`,
];
