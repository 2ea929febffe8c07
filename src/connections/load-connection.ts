import type { Clock } from '../kernel/clock.ts';
import { Secret } from '../kernel/secret.ts';
import type { CompleteConnection } from '../oidc/connection.ts';
import type { Db } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { listClientKeys } from './client-key-queries.ts';
import { currentClientKey } from './current-client-key.ts';
import type { OidcConfigRow } from './queries.ts';
import { clientKeyPurpose, destinationOf, usesClientKey } from './rules.ts';
import { settingsOf, toConnection } from './settings-row.ts';

/**
 * Converts a row for the relying party, with everything that is needed to redeem a code, including the client's key if
 * it has one.
 *
 * The key can be decrypted only for the destination in the row. If the row was edited in the database, the key cannot
 * authenticate to another server.
 */
export async function loadConnection(
  { db, keyring, clock }: { db: Db; keyring: Keyring; clock: Clock },
  row: OidcConfigRow,
): Promise<CompleteConnection> {
  const connection = toConnection(row, keyring);
  if (!usesClientKey(connection.options)) return connection;
  const nowMs = clock.nowMs();
  const key = currentClientKey(await listClientKeys(db, { configId: row.id, nowMs }), nowMs);
  if (key === undefined) return connection;
  const purpose = clientKeyPurpose(key.id, destinationOf(row.organization_id, settingsOf(row)));
  const privateJwk = new Secret(() => keyring.open(key.sealed_private_jwk, purpose));
  return { ...connection, clientKey: { id: key.id, privateJwk, certificate: key.certificate ?? undefined } };
}
