import { asId, type OrganizationId } from '../contract/ids.ts';
import type { ConnectionSettings } from '../oidc/connection.ts';
import type { Database } from '../storage/database.ts';
import { findOidcConfig, setTokenOrigin } from './queries.ts';
import { revisionOf } from './settings-row.ts';

/**
 * Writes down where the token endpoint of a stored configuration is, unless that is written already. Returns what then
 * holds, which is what another node saw first if there is one. Of a configuration that is not stored, or not any more,
 * nothing is written.
 */
export async function pinTokenOrigin(
  { transaction }: Pick<Database, 'transaction'>,
  { bulkhead, revision }: Pick<ConnectionSettings, 'bulkhead' | 'revision'>,
  origin: string,
): Promise<string> {
  return transaction(async (tx) => {
    const organizationId = asId<OrganizationId>(bulkhead);
    const row = await findOidcConfig(tx, organizationId);
    if (row === undefined || revisionOf(row) !== revision) return origin;
    if (row.token_origin !== null) return row.token_origin;
    if (await setTokenOrigin(tx, row, origin)) return origin;
    const after = await findOidcConfig(tx, organizationId);
    return after?.token_origin ?? origin;
  });
}
