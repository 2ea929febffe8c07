import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Whom each message goes to, as a hash.
 *
 * How often an address is written to was counted for each organization alone, by its invitations. Where everybody may make
 * organizations, somebody with many of them could have had this server fill a stranger's mailbox. What is sent is sealed
 * while it waits and not kept afterwards, so the address itself has no place here; a hash is enough to count by.
 */
export async function mailAddresses(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const statement = `alter table mail_outbox add column address_hash text not null default ''`;
  await sql.raw(forEngine(statement, engine)).execute(db);
  await sql`create index mail_outbox_by_address on mail_outbox (address_hash, created_at)`.execute(db);
}
