import type {
  ApplicationKind,
  applicationReaches,
  ClientAuthMethod,
  groupsClaimForms,
  IdTokenAlgorithm,
  pkcePolicies,
  refreshTokenPolicies,
} from '../contract/applications.ts';
import type { ApplicationId, OrganizationId } from '../contract/ids.ts';

/** A JWK Set with public keys only (RFC 7517, section 5). */
export interface JwkSet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** What an admin decides about an application. URIs that are not set are `null`. */
export interface ApplicationSettings {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly initiateLoginUri: string | null;
  readonly tokenEndpointAuthMethod: ClientAuthMethod;
  readonly jwksUri: string | null;
  readonly jwks: JwkSet | null;
  readonly idTokenSignedResponseAlg: IdTokenAlgorithm;
  readonly organizations: (typeof applicationReaches)[number];
  /** The organizations that are listed, if `organizations` says so. */
  readonly organizationIds: readonly OrganizationId[];
  /** Names of the groups whose members may use the application; `null` for every member. */
  readonly groups: readonly string[] | null;
  readonly groupsClaim: (typeof groupsClaimForms)[number];
  readonly refreshTokens: (typeof refreshTokenPolicies)[number];
  readonly pkce: (typeof pkcePolicies)[number];
  readonly requireConsent: boolean;
  readonly deviceGrant: boolean;
  /** Identifiers of the APIs that the application offers. */
  readonly resources: readonly string[];
}

/** An application as it is stored, with everything but its secrets. */
export interface Application extends ApplicationSettings {
  readonly id: ApplicationId;
  readonly clientId: string;
  /** The organization that owns it; `null` for the operator. */
  readonly organizationId: OrganizationId | null;
  readonly kind: ApplicationKind;
  /** Grows with every change, for `ETag`. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A client secret, without its value. */
export interface StoredSecret {
  readonly id: string;
  readonly lastFour: string;
  readonly createdAtMs: number;
  /** `null` for a secret that does not expire. */
  readonly expiresAtMs: number | null;
}

/** The settings of a new application of a kind, where its creator chose nothing. */
export function defaultSettings(kind: ApplicationKind): Omit<ApplicationSettings, 'name'> {
  return {
    redirectUris: [],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: null,
    initiateLoginUri: null,
    tokenEndpointAuthMethod: isPublic(kind) ? 'none' : 'client_secret_basic',
    jwksUri: null,
    jwks: null,
    idTokenSignedResponseAlg: 'RS256',
    organizations: 'all',
    organizationIds: [],
    groups: null,
    groupsClaim: 'names',
    refreshTokens: 'session',
    pkce: 'required',
    requireConsent: false,
    deviceGrant: false,
    resources: [],
  };
}

/** Whether a kind is a public client, which cannot keep a secret (RFC 6749, section 2.1). */
export function isPublic(kind: ApplicationKind): boolean {
  return kind === 'native' || kind === 'spa';
}

/** Whether an application authenticates with a client secret. */
export function usesSecret({ tokenEndpointAuthMethod: method }: ApplicationSettings): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}
