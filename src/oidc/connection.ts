import type { SignatureAlgorithm } from '../contract/algorithms.ts';
import { connectionOptionDefaults } from '../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import type { Secret } from '../kernel/secret.ts';

/** Where a provider's endpoints come from. */
export type ProviderSource =
  | { readonly kind: 'discovery'; readonly discoveryUrl: string }
  | {
      readonly kind: 'custom';
      readonly issuer: string;
      readonly authorizationEndpoint: string;
      readonly jwksUri: string;
      readonly tokenEndpoint: string;
      /** `""` if the provider has none. */
      readonly userinfoEndpoint: string;
    };

/** What is pinned of a discovery document, as long as the connection uses its URL. */
export interface ProviderPins {
  readonly tokenEndpointOrigin: string;
  readonly issuer: string;
}

/** The key that signs client assertions (RFC 7523). */
export interface ClientKey {
  /** Its `kid` in the published JWK Set. */
  readonly id: string;
  /** A JWK, as JSON. */
  readonly privateJwk: Secret;
  /** The certificate of the key, as PEM. */
  readonly certificate?: string | undefined;
}

/** A stored connection, as the relying party needs it. The caller creates it from the row. */
export interface ConnectionSettings {
  /** The key of the cached provider metadata and JWK Set. */
  readonly connectionId: string;
  /** The quota of outbound calls belongs to the organization, not to each connection. */
  readonly organizationId: string;
  /** Changes whenever anything below changes. A value that was cached for another revision is not used. */
  readonly revision: string;
  readonly source: ProviderSource;
  /** The origin of the token endpoint in the first discovery document. It must not change. */
  readonly tokenEndpointOrigin?: string | undefined;
  /** The spelling of the issuer in the first discovery document. Another spelling would be another issuer. */
  readonly pinnedIssuer?: string | undefined;
  readonly clientId: string;
  /** Empty without one. */
  readonly clientSecret: Secret;
  /** The key pair of a client that authenticates with one. */
  readonly clientKey?: ClientKey;
  /** The only accepted signature algorithm of ID tokens. */
  readonly algorithm: SignatureAlgorithm;
  /** Whether userinfo is requested if the ID token has no groups. */
  readonly needsGroups?: boolean;
  /** Options that an admin set. `connectionOptionDefaults` has the others. */
  readonly options?: Partial<ConnectionOptions>;
  /** Options that an admin set to their default, so that no profile replaces them. */
  readonly chosenDefaults?: readonly (keyof ConnectionOptions)[];
}

/** A connection with every option. */
export interface CompleteConnection extends ConnectionSettings {
  readonly options: ConnectionOptions;
}

/** The options of a connection, with defaults filled in. */
export function optionsOf({ options }: ConnectionSettings): ConnectionOptions {
  return { ...connectionOptionDefaults, ...options };
}

/** The only accepted signature algorithm of userinfo: that of ID tokens unless the connection names another. */
export function userinfoAlgorithm(connection: ConnectionSettings): SignatureAlgorithm {
  const { userinfoSignedResponseAlg } = optionsOf(connection);
  return userinfoSignedResponseAlg === 'automatic' ? connection.algorithm : userinfoSignedResponseAlg;
}
