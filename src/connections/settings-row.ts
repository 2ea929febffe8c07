import { clientSecretMask, type OidcConfig, type OidcConfigWithClient } from '../contract/oidc-config.ts';
import type { CompleteConnection, ConnectionSettings, ProviderSource } from '../oidc/connection.ts';
import { Secret } from '../kernel/secret.ts';
import { fromBit, toBit } from '../storage/schema/codecs.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { OidcConfigRow } from './queries.ts';
import { needsSecret, type OidcSettings, secretPurpose } from './rules.ts';
import { chosenDefaultsOfRow, optionColumns, optionsOfRow, optionsOfSettings } from './stored-options.ts';

/** The settings in a row. */
export function settingsOf(row: OidcConfigRow): OidcSettings {
  const chosenDefaults = chosenDefaultsOfRow(row);
  return { ...documentedSettings(row), clientId: row.client_id, ...optionsOfRow(row), chosenDefaults };
}

// The fields of every response.
function documentedSettings(row: OidcConfigRow) {
  return {
    configurationType: row.configuration_type,
    issuer: row.issuer,
    authorizationEndpoint: row.authorization_endpoint,
    discoveryURL: row.discovery_url,
    jwksUri: row.jwks_uri,
    tokenEndpoint: row.token_endpoint,
    userinfoEndpoint: row.userinfo_endpoint,
    isActive: fromBit(row.is_active),
    allowedEmailDomains: row.allowed_email_domains,
    manageGroupMemberships: fromBit(row.manage_group_memberships),
    jwtSignatureAlgorithm: row.jwt_signature_algorithm,
  } satisfies Partial<OidcSettings>;
}

/** The columns of the settings. */
export function columnsOf(settings: OidcSettings) {
  return {
    configuration_type: settings.configurationType,
    issuer: settings.issuer,
    authorization_endpoint: settings.authorizationEndpoint,
    discovery_url: settings.discoveryURL,
    jwks_uri: settings.jwksUri,
    token_endpoint: settings.tokenEndpoint,
    userinfo_endpoint: settings.userinfoEndpoint,
    client_id: settings.clientId,
    is_active: toBit(settings.isActive),
    allowed_email_domains: settings.allowedEmailDomains,
    manage_group_memberships: toBit(settings.manageGroupMemberships),
    jwt_signature_algorithm: settings.jwtSignatureAlgorithm,
    ...optionColumns(settings),
  };
}

/** A connection as the API shows it: without the client's id and secret. */
export function toOidcConfig(row: OidcConfigRow): OidcConfig {
  return { id: row.id, orgId: row.organization_id, ...documentedSettings(row) };
}

/** A connection for callers who may read it: with the client id, and a mask for the secret. */
export function toOidcConfigWithClient(row: OidcConfigRow): OidcConfigWithClient {
  return { ...toOidcConfig(row), clientId: row.client_id, clientSecret: clientSecretMask };
}

/** Identifies one state of a connection for the relying party. */
export function revisionOf(row: { id: string; revision: number }): string {
  return `${row.id}:${row.revision}`;
}

/** Converts a row for the relying party, without the client's key, which `loadConnection` adds. */
export function toConnection(row: OidcConfigRow, keyring: Keyring): CompleteConnection {
  const settings = documentedSettings(row);
  const options = optionsOfRow(row);
  const open = () => {
    if (!needsSecret({ ...settings, ...options })) return '';
    return keyring.open(row.sealed_client_secret, secretPurpose(row.organization_id, settings));
  };
  return {
    connectionId: row.id,
    organizationId: row.organization_id,
    revision: revisionOf(row),
    tokenEndpointOrigin: row.token_endpoint_origin ?? undefined,
    pinnedIssuer: row.pinned_issuer ?? undefined,
    clientSecret: new Secret(open),
    clientId: row.client_id,
    ...providerOf(settings),
    options,
    chosenDefaults: chosenDefaultsOfRow(row),
  };
}

/** Converts settings for the relying party, stored or not. */
export function connectionOf(
  settings: OidcSettings,
  place: Pick<
    ConnectionSettings,
    | 'connectionId'
    | 'organizationId'
    | 'revision'
    | 'tokenEndpointOrigin'
    | 'pinnedIssuer'
    | 'clientSecret'
    | 'clientKey'
  >,
): CompleteConnection {
  const { clientId, chosenDefaults } = settings;
  return { ...place, clientId, ...providerOf(settings), options: optionsOfSettings(settings), chosenDefaults };
}

type Documented = ReturnType<typeof documentedSettings>;

/** The source of the provider's endpoints. */
export function sourceOf(settings: Documented): ProviderSource {
  return settings.configurationType === 'discoveryURL'
    ? { kind: 'discovery', discoveryUrl: settings.discoveryURL }
    : {
        kind: 'custom',
        issuer: settings.issuer,
        authorizationEndpoint: settings.authorizationEndpoint,
        jwksUri: settings.jwksUri,
        tokenEndpoint: settings.tokenEndpoint,
        userinfoEndpoint: settings.userinfoEndpoint,
      };
}

function providerOf(settings: Documented) {
  return {
    source: sourceOf(settings),
    algorithm: settings.jwtSignatureAlgorithm,
    needsGroups: settings.manageGroupMemberships,
  } satisfies Partial<ConnectionSettings>;
}
