import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { ClientKeys, RotateClientKeyBody } from '../contract/client-keys.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { clientKeyLeadSecondsDefault, clientKeysMax } from '../contract/limits.ts';
import { refuseEarly, requireAccessAlone } from '../access/access.ts';
import { clientKeyDrainSeconds } from './client-key-limits.ts';
import type { Db, Tx } from '../storage/database.ts';
import { endClientKeys, listClientKeys } from './client-key-queries.ts';
import { addClientKey } from './keep-client-key.ts';
import { findOidcConfig, type OidcConfigRow } from './queries.ts';
import { describeKeys } from './read-client-keys.ts';
import type { SsoConfigDeps } from './routes.ts';
import { destinationOf, usesClientKey } from './rules.ts';
import { settingsOf } from './settings-row.ts';

/**
 * Creates a new key. It is published at once and used later, so that providers with a cache know it by then. The
 * existing keys stay until shortly after.
 *
 * @throws `client_key_unused` if the connection uses no key, `limit_reached` if too many keys exist
 */
export async function rotateClientKey(
  deps: SsoConfigDeps,
  request: { actor: Actor; body: RotateClientKeyBody; clientInfo: ClientInfo; site: string },
): Promise<ClientKeys> {
  const { actor, body, clientInfo, site } = request;
  const access = { organizationId: body.organizationId, subject: 'sso', action: 'edit' } as const;
  const organization = await refuseEarly(deps.database, actor, access);
  const organizationId = asId<OrganizationId>(organization.id);
  const found = requireKeyed(await findOidcConfig(deps.database.db, organizationId));
  // Checked in advance too, so that a request that must fail costs no key pair.
  await requireRoom(deps.database.db, found, deps.clock.nowMs());
  const key = await deps.makeClientKey(organizationId);
  const row = await deps.database.transaction(async (tx) => {
    await requireAccessAlone(tx, actor, access);
    const config = requireKeyed(await findOidcConfig(tx, organizationId));
    const nowMs = deps.clock.nowMs();
    await requireRoom(tx, config, nowMs);
    const activeFromMs = nowMs + (body.activeAfterSeconds ?? clientKeyLeadSecondsDefault) * 1000;
    await endClientKeys(tx, config.id, activeFromMs + clientKeyDrainSeconds * 1000);
    const destination = destinationOf(organization.id, settingsOf(config));
    const use = { configId: config.id, destination, nowMs, activeFromMs };
    await addClientKey(deps, tx, { row: config, key, use, by: { actor, clientInfo } });
    return config;
  });
  return describeKeys(deps, { row, site });
}

async function requireRoom(db: Db | Tx, { id: configId }: OidcConfigRow, nowMs: number): Promise<void> {
  const published = await listClientKeys(db, { configId, nowMs });
  if (published.length >= clientKeysMax) throw appError('limit_reached');
}

function requireKeyed(row: OidcConfigRow | undefined): OidcConfigRow {
  if (row === undefined) throw appError('oidc_config_not_found');
  if (!usesClientKey(settingsOf(row))) throw appError('client_key_unused');
  return row;
}
