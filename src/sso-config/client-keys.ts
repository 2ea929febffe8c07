import type { Actor, RequestOrigin } from '../contract/actor.ts';
import {
  clientKeySetPath,
  type ClientKeys,
  type PublicClientKey,
  type RotateClientKeyBody,
} from '../contract/client-keys.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { clientKeyLeadSecondsDefault, clientKeysMax } from '../contract/limits.ts';
import { requireAccess } from '../organizations/access.ts';
import { isIdentifier } from '../organizations/identifier.ts';
import { requireLocked } from '../organizations/require-locked.ts';
import { clientKeyDrainSeconds } from './client-key-limits.ts';
import type { Db, Tx } from '../storage/database.ts';
import { type ClientKeyRow, endClientKeys, listClientKeys } from './client-key-queries.ts';
import { currentClientKey } from './current-client-key.ts';
import { describeClientKey, signingForm } from './describe-client-key.ts';
import { addClientKey } from './keep-client-key.ts';
import { findConfigById, findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';
import { destinationOf, usesClientKey } from './rules.ts';
import { settingsOf } from './settings-row.ts';

/** The keys of an organization's client, and where they are published. */
export async function readClientKeys(
  deps: SsoConfigDeps,
  { actor, organizationId, site }: { actor: Actor; organizationId: string; site: string },
): Promise<ClientKeys> {
  const organization = await requireAccess(deps.database.db, actor, { organizationId, subject: 'sso', action: 'read' });
  const row = await findOidcConfig(deps.database.db, asId<OrganizationId>(organization.id));
  if (row === undefined) throw appError('oidc_config_not_found');
  return describeKeys(deps, { row, site });
}

/**
 * Makes a new key. It is published at once and used after a while, so that providers that keep what they read know it by
 * then; those that are there stay until a little after.
 *
 * @throws `client_key_unused` where the configuration has none, `limit_reached` where too many are under way
 */
export async function rotateClientKey(
  deps: SsoConfigDeps,
  request: { actor: Actor; body: RotateClientKeyBody; origin: RequestOrigin; site: string },
): Promise<ClientKeys> {
  const { actor, body, origin, site } = request;
  const access = { organizationId: body.organizationId, subject: 'sso', action: 'edit' } as const;
  const organization = await requireAccess(deps.database.db, actor, access);
  const organizationId = asId<OrganizationId>(organization.id);
  const found = requireKeyed(await findOidcConfig(deps.database.db, organizationId));
  // Checked once before, too, so that a request that must fail costs no key pair.
  await requireRoom(deps.database.db, found, deps.clock.nowMs());
  const key = await deps.makeClientKey(organizationId);
  const row = await deps.database.transaction(async (tx) => {
    await requireLocked(tx, organizationId);
    const config = requireKeyed(await findOidcConfig(tx, organizationId));
    const nowMs = deps.clock.nowMs();
    await requireRoom(tx, config, nowMs);
    const activeFromMs = nowMs + (body.activeAfterSeconds ?? clientKeyLeadSecondsDefault) * 1000;
    await endClientKeys(tx, config.id, activeFromMs + clientKeyDrainSeconds * 1000);
    const destination = destinationOf(organization.id, settingsOf(config));
    const use = { configId: config.id, destination, nowMs, activeFromMs };
    await addClientKey(deps, tx, { row: config, key, use, by: { actor, origin } });
    return config;
  });
  return describeKeys(deps, { row, site });
}

async function requireRoom(db: Db | Tx, { id: configId }: OidcConfigRow, nowMs: number): Promise<void> {
  const published = await listClientKeys(db, { configId, nowMs });
  if (published.length >= clientKeysMax) throw appError('limit_reached');
}

/**
 * The public halves that are published for a configuration.
 *
 * @throws `client_key_set_not_found` alike for one without keys and for one that does not exist
 */
export async function readClientKeySet(deps: SsoConfigDeps, configId: string): Promise<PublicClientKey[]> {
  const isNamed = isIdentifier(configId);
  const rows = isNamed ? await listClientKeys(deps.database.db, { configId, nowMs: deps.clock.nowMs() }) : [];
  const config = rows.length === 0 ? undefined : await findConfigById(deps.database.db, configId);
  if (config === undefined) throw appError('client_key_set_not_found');
  const { algorithm: alg } = signingForm(config);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client key maker wrote them
  return rows.map(({ public_jwk }) => ({ ...(JSON.parse(public_jwk) as PublicClientKey), alg }));
}

function requireKeyed(row: OidcConfigRow | undefined): OidcConfigRow {
  if (row === undefined) throw appError('oidc_config_not_found');
  if (!usesClientKey(settingsOf(row))) throw appError('client_key_unused');
  return row;
}

async function describeKeys(
  { database, clock }: SsoConfigDeps,
  { row, site }: { row: OidcConfigRow; site: string },
): Promise<ClientKeys> {
  const nowMs = clock.nowMs();
  const rows = await listClientKeys(database.db, { configId: row.id, nowMs });
  const current = currentClientKey(rows, nowMs);
  const { algorithm } = signingForm(row);
  return {
    configId: row.id,
    jwksUrl: `${site}${clientKeySetPath(row.id)}`,
    keys: rows.map((key) => describeClientKey(key, { state: stateOf(key, current, nowMs), algorithm, nowMs })),
  };
}

function stateOf(key: ClientKeyRow, current: ClientKeyRow | undefined, nowMs: number): 'next' | 'current' | 'old' {
  if (key.id === current?.id) return 'current';
  return key.active_from_at > nowMs ? 'next' : 'old';
}
