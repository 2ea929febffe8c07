import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Which mailbox and which domain each message goes to, as hashes.
 *
 * Many providers deliver every spelling with a tag (`zoe+1@…`) to one mailbox, so a limit for each spelling limits
 * nothing. Where a domain takes any local part, neither does a limit for each mailbox.
 */
export async function mailboxes(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const column of ['mailbox_hash', 'domain_hash']) {
    // The statements are constants of this file; nothing from outside gets into them.
    await sql
      .raw(forEngine(`alter table mail_outbox add column ${column} text not null default ''`, engine))
      .execute(db);
    const name = column === 'mailbox_hash' ? 'mail_outbox_by_mailbox' : 'mail_outbox_by_domain';
    await sql.raw(`create index ${name} on mail_outbox (${column}, created_at)`).execute(db);
  }
}
