import { asId, type OrganizationId } from '../contract/ids.ts';
import type { ConnectionSettings, ProviderPins } from '../oidc/connection.ts';
import type { Database } from '../storage/database.ts';
import { findOidcConfig, type OidcConfigRow, setProviderPins } from './queries.ts';
import { revisionOf } from './settings-row.ts';

/**
 * Stores where the token endpoint of a stored configuration is and how its issuer is spelled, unless that is stored
 * already. Returns what then holds, which is what another node saw first if there is one. Nothing is written for a
 * configuration that is not stored, or not any more.
 */
export async function pinProvider(
  { transaction }: Pick<Database, 'transaction'>,
  { bulkhead, revision }: Pick<ConnectionSettings, 'bulkhead' | 'revision'>,
  seen: ProviderPins,
): Promise<ProviderPins> {
  return transaction(async (tx) => {
    const organizationId = asId<OrganizationId>(bulkhead);
    const row = await findOidcConfig(tx, organizationId);
    if (row === undefined || revisionOf(row) !== revision) return seen;
    if (row.token_endpoint_origin === null || row.pinned_issuer === null) await setProviderPins(tx, row, seen);
    return pinsOf(await findOidcConfig(tx, organizationId), seen);
  });
}

function pinsOf(row: OidcConfigRow | undefined, seen: ProviderPins): ProviderPins {
  return { tokenOrigin: row?.token_endpoint_origin ?? seen.tokenOrigin, issuer: row?.pinned_issuer ?? seen.issuer };
}
