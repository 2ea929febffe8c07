import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Networks from which an account signed in with its password.
 *
 * A limit on password attempts from everywhere let strangers lock the instance admin out: ten networks were enough. The
 * limit now slows attempts down, and networks that signed in before are exempt from it. `key` is a SHA-256 of the
 * account and the network, so the table lists no addresses.
 */
export async function knownNetworks(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `create table known_networks (key text primary key, last_used_at bigint not null)`,
  `create index known_networks_by_use on known_networks (last_used_at)`,
];
