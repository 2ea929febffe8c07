import { type Kysely, sql } from 'kysely';

/**
 * How a configuration's discovery document spelled its issuer when it was first read.
 *
 * The address of a discovery document fits two issuers, with and without a final slash. A person is identified by issuer
 * and subject, so a provider that changes the spelling would turn every member into a stranger. A running server kept the
 * first spelling and a restart forgot it. It is empty until the document was read, and emptied again when an admin enters
 * another address.
 */
export async function pinnedIssuer(db: Kysely<unknown>): Promise<void> {
  await sql`alter table oidc_configs add column pinned_issuer text`.execute(db);
}
