import type { Actor } from '../contract/actor.ts';
import type { ConnectionWarning } from '../contract/connection-options.ts';
import { appError } from '../contract/errors.ts';
import { readClientCertificate } from '../oidc/client-authentication/client-certificate.ts';
import { requireAccess } from '../access/read-access.ts';
import { listClientKeys } from './client-key-queries.ts';
import { currentClientKey } from './current-client-key.ts';
import { signingForm, validityAt } from './describe-client-key.ts';
import { findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';
import { usesClientKey } from './rules.ts';
import { settingsOf } from './settings-row.ts';

/**
 * The certificate of one of an organization's client keys, as PEM. The current key by default.
 *
 * @throws `oidc_config_not_found`; `client_certificate_not_found` both for an unknown key and for a key without a
 *   certificate; and what {@link requireAccess} throws
 */
export async function readCertificate(
  { database, clock }: Pick<SsoConfigDeps, 'database' | 'clock'>,
  { actor, organizationId, keyId }: { actor: Actor; organizationId: string; keyId: string | undefined },
): Promise<{ keyId: string; pem: string }> {
  const organization = await requireAccess(database, actor, { organizationId, subject: 'sso', action: 'read' });
  const config = await findOidcConfig(database.db, organization.id);
  if (config === undefined) throw appError('oidc_config_not_found');
  const nowMs = clock.nowMs();
  const keys = await listClientKeys(database.db, { configId: config.id, nowMs });
  const key = keyId === undefined ? currentClientKey(keys, nowMs) : keys.find(({ id }) => id === keyId);
  if (key === undefined || key.certificate === null) throw appError('client_certificate_not_found');
  return { keyId: key.id, pem: key.certificate };
}

/** Warnings about the certificate of the current key, if the provider identifies the key by it. */
export async function certificateWarnings(
  { database, clock }: Pick<SsoConfigDeps, 'database' | 'clock'>,
  row: OidcConfigRow,
): Promise<ConnectionWarning[]> {
  if (!usesClientKey(settingsOf(row)) || signingForm(row).keyName === 'kid') return [];
  const nowMs = clock.nowMs();
  const key = currentClientKey(await listClientKeys(database.db, { configId: row.id, nowMs }), nowMs);
  if (key === undefined) return [];
  if (key.certificate === null) return [missing];
  const { notAfterMs } = readClientCertificate(key.certificate);
  const day = new Date(notAfterMs).toISOString().slice(0, 10);
  switch (validityAt(notAfterMs, nowMs)) {
    case 'expired':
      return [{ ...expiring, message: `is private_key_jwt, and the certificate expired on ${day}; ${renewal}` }];
    case 'expires_soon':
      return [{ ...expiring, message: `is private_key_jwt, and the certificate expires on ${day}; ${renewal}` }];
    default:
      return [];
  }
}

const renewal = 'rotate the client key and upload the new certificate before the new key is used';
const path = 'tokenEndpointAuthMethod';
const expiring = { code: 'client_certificate_expires', path } as const;
const missing: ConnectionWarning = {
  code: 'client_certificate_missing',
  path,
  message: 'is private_key_jwt, and the current key has no certificate; rotate the client key',
};
