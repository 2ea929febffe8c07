import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Failed logins of machine identities, for each network.
 *
 * Three wrong secrets from anywhere locked a machine out everywhere, so a stranger who knew its client id could keep it
 * out for ever. The count and the lock now belong to the network that the wrong secrets came from. `network_hash` is a
 * SHA-256 of the network. The columns of `universal_auths` that held one count for everybody stay for the version before.
 */
export async function lockoutByNetwork(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `create table universal_auth_failures (
    universal_auth_id text not null references universal_auths (id) on delete cascade,
    network_hash text not null,
    failed_count bigint not null,
    last_failed_at bigint not null,
    locked_until_at bigint,
    primary key (universal_auth_id, network_hash)
  )`,
  `create index universal_auth_failures_by_time on universal_auth_failures (last_failed_at)`,
];
