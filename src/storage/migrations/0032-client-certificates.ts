import { type Kysely, sql } from 'kysely';

/**
 * The certificate of a client's key, as PEM.
 *
 * Entra ID and AD FS know a client's key by a certificate that an admin uploads, and by its thumbprint in the header of
 * an assertion. The certificate is stored because the upload must match it byte for byte for two years. It is public. A
 * key from before this column has none: it stays usable by its `kid`, and the next key has one.
 */
export async function clientCertificates(db: Kysely<unknown>): Promise<void> {
  await sql`alter table client_keys add column certificate text`.execute(db);
}
