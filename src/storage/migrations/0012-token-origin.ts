import { type Kysely, sql } from 'kysely';

/**
 * Where a configuration's token endpoint was when its document was first read.
 *
 * The client secret is given for one place. While that place was known to a running server alone, a restart forgot it, and
 * a document that had come to name another host meanwhile was believed. It is empty until the document has been read, and
 * emptied again when an admin enters the secret anew.
 */
export async function tokenOrigin(db: Kysely<unknown>): Promise<void> {
  await sql`alter table oidc_configs add column token_origin text`.execute(db);
}
