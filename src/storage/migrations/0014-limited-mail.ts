import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Why the message about an invitation was not sent although the operator named a mail server.
 *
 * Who had caused as many messages as they may was told nothing, and an invitation that was renewed soon kept saying that
 * its message was sent, although that one had brought the link of before.
 */
export async function limitedMail(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const statement = `alter table invitations add column mail_limit text check (mail_limit in ('organization', 'address'))`;
  await sql.raw(forEngine(statement, engine)).execute(db);
}
