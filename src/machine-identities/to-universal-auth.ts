import type { ClientSecretData, UniversalAuth, UniversalAuthSettings } from '../contract/identities.ts';
import { fromBit, toBit } from '../storage/schema/codecs.ts';
import { parseTrustedIps } from './trusted-ips.ts';
import type { ClientSecretRow, UniversalAuthRow } from './universal-auth-queries.ts';

/** The settings of a universal auth as the API names them. */
export function toSettings(row: UniversalAuthRow): Required<UniversalAuthSettings> {
  return {
    clientSecretTrustedIps: parseTrustedIps(row.client_secret_trusted_ips),
    accessTokenTrustedIps: parseTrustedIps(row.access_token_trusted_ips),
    accessTokenTTL: row.access_token_ttl_seconds,
    accessTokenMaxTTL: row.access_token_max_ttl_seconds,
    accessTokenNumUsesLimit: row.access_token_num_uses_limit,
    lockoutEnabled: fromBit(row.lockout_enabled),
    lockoutThreshold: row.lockout_threshold,
    lockoutDurationSeconds: row.lockout_duration_seconds,
    lockoutCounterResetSeconds: row.lockout_counter_reset_seconds,
  };
}

/** The same settings as columns. */
export function toSettingsColumns(settings: Required<UniversalAuthSettings>) {
  return {
    client_secret_trusted_ips: JSON.stringify(settings.clientSecretTrustedIps),
    access_token_trusted_ips: JSON.stringify(settings.accessTokenTrustedIps),
    access_token_ttl_seconds: settings.accessTokenTTL,
    access_token_max_ttl_seconds: settings.accessTokenMaxTTL,
    access_token_num_uses_limit: settings.accessTokenNumUsesLimit,
    lockout_enabled: toBit(settings.lockoutEnabled),
    lockout_threshold: settings.lockoutThreshold,
    lockout_duration_seconds: settings.lockoutDurationSeconds,
    lockout_counter_reset_seconds: settings.lockoutCounterResetSeconds,
  };
}

/** A universal auth as the API shows it. */
export function toUniversalAuth(row: UniversalAuthRow): UniversalAuth {
  return {
    id: row.id,
    identityId: row.identity_id,
    clientId: row.client_id,
    ...toSettings(row),
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

/** The metadata of a client secret. */
export function toClientSecretData(row: ClientSecretRow): ClientSecretData {
  return {
    id: row.id,
    clientSecretPrefix: row.prefix,
    description: row.description,
    clientSecretNumUses: row.num_uses,
    clientSecretNumUsesLimit: row.num_uses_limit,
    clientSecretTTL: row.ttl_seconds,
    identityUAId: row.universal_auth_id,
    isClientSecretRevoked: fromBit(row.is_revoked),
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
