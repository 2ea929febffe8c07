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
      /** `""` when there is none. */
      readonly userinfoEndpoint: string;
    };

/** What is kept of a provider's document for as long as the configuration leads there. */
export interface ProviderPins {
  readonly tokenEndpointOrigin: string;
  readonly issuer: string;
}

/** What signs the assertions of a client (RFC 7523). */
export interface ClientKey {
  /** Its `kid` in the set that is published. */
  readonly id: string;
  /** A JWK, as JSON. */
  readonly privateJwk: Secret;
  /** The certificate of the key, as PEM. */
  readonly certificate?: string | undefined;
}

/** What a stored configuration means to the relying party. The caller makes it from the row. */
export interface ConnectionSettings {
  /** Provider metadata and JWK Sets are cached by it. */
  readonly connectionId: string;
  /** All connections of an organization share its quota of outbound calls. */
  readonly organizationId: string;
  /** Changes whenever anything below changes. What was cached for another revision is not used. */
  readonly revision: string;
  readonly source: ProviderSource;
  /** Where the document had the token endpoint when it was first read; it may not move. */
  readonly tokenEndpointOrigin?: string | undefined;
  /** How the document spelled its issuer when it was first read; another spelling would be another issuer. */
  readonly pinnedIssuer?: string | undefined;
  readonly clientId: string;
  /** The empty text where there is none. */
  readonly clientSecret: Secret;
  /** The key pair of a client that proves itself with one. */
  readonly clientKey?: ClientKey;
  /** The one algorithm that ID tokens may be signed with. */
  readonly algorithm: SignatureAlgorithm;
  /** Whether the groups are worth a call to userinfo when the ID token does not name them. */
  readonly needsGroups?: boolean;
  /** What was asked for besides; whatever is left out is as `connectionOptionDefaults` has it. */
  readonly options?: Partial<ConnectionOptions>;
  /** Options that an admin set to their default, so that no profile replaces it. */
  readonly chosenDefaults?: readonly (keyof ConnectionOptions)[];
}

/** The same with every option. */
export interface CompleteConnection extends ConnectionSettings {
  readonly options: ConnectionOptions;
}

/** The options of a connection, complete. */
export function optionsOf({ options }: ConnectionSettings): ConnectionOptions {
  return { ...connectionOptionDefaults, ...options };
}

/** The one algorithm that userinfo may be signed with: that of ID tokens unless the connection names another. */
export function userinfoAlgorithm(connection: ConnectionSettings): SignatureAlgorithm {
  const { userinfoSignedResponseAlg } = optionsOf(connection);
  return userinfoSignedResponseAlg === 'automatic' ? connection.algorithm : userinfoSignedResponseAlg;
}
