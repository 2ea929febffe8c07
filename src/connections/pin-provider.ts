import type { ConnectionSettings, ProviderPins } from '../oidc/connection.ts';
import type { Database } from '../storage/database.ts';
import { findConfigById, type OidcConfigRow, setProviderPins } from './queries.ts';
import { revisionOf } from './settings-row.ts';

/**
 * Stores where the token endpoint of a stored configuration is and how its issuer is spelled, unless that is stored
 * already. Returns what then holds, which is what another node saw first if there is one. Nothing is written for a
 * configuration that is not stored, or not any more.
 */
export async function pinProvider(
  { transaction }: Pick<Database, 'transaction'>,
  { connectionId, revision }: Pick<ConnectionSettings, 'connectionId' | 'revision'>,
  seen: ProviderPins,
): Promise<ProviderPins> {
  return transaction(async (tx) => {
    const row = await findConfigById(tx, connectionId);
    if (row === undefined || revisionOf(row) !== revision) return seen;
    if (row.token_endpoint_origin === null || row.pinned_issuer === null) await setProviderPins(tx, row, seen);
    return pinsOf(await findConfigById(tx, connectionId), seen);
  });
}

function pinsOf(row: OidcConfigRow | undefined, seen: ProviderPins): ProviderPins {
  return {
    tokenEndpointOrigin: row?.token_endpoint_origin ?? seen.tokenEndpointOrigin,
    issuer: row?.pinned_issuer ?? seen.issuer,
  };
}
