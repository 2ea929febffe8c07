import type { Actor } from '../contract/actor.ts';
import { clientKeySetPath, type ClientKeys, type PublicClientKey } from '../contract/client-keys.ts';
import { appError } from '../contract/errors.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { requireAccess } from '../access/read-access.ts';
import { type ClientKeyRow, listClientKeys } from './client-key-queries.ts';
import { currentClientKey } from './current-client-key.ts';
import { describeClientKey, signingForm } from './describe-client-key.ts';
import { findConfigById, findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';

/** Lists the keys of an organization's client and their public URL. */
export async function readClientKeys(
  deps: SsoConfigDeps,
  { actor, organizationId, site }: { actor: Actor; organizationId: string; site: string },
): Promise<ClientKeys> {
  const organization = await requireAccess(deps.database, actor, { organizationId, subject: 'sso', action: 'read' });
  const row = await findOidcConfig(deps.database.db, organization.id);
  if (row === undefined) throw appError('oidc_config_not_found');
  return describeKeys(deps, { row, site });
}

/**
 * The public keys of a connection.
 *
 * @throws `client_key_set_not_found` both for a connection without keys and for an unknown one
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

/** The keys of a connection as the API shows them. */
export async function describeKeys(
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
