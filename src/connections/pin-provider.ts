import type { ConnectionSettings, ProviderPins } from '../oidc/connection.ts';
import type { Database } from '../storage/database.ts';
import { findConfigById, type OidcConfigRow, setProviderPins } from './queries.ts';
import { revisionOf } from './settings-row.ts';

/**
 * Stores the origin of the token endpoint and the spelling of the issuer of a connection, unless they are stored
 * already. Returns the stored values, which another node may have seen first. Writes nothing for a connection that does
 * not exist.
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
