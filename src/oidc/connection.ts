import type { SignatureAlgorithm } from '../contract/algorithms.ts';
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

/** What a stored configuration means to the relying party. The caller makes it from the row. */
export interface ConnectionSettings {
  /** The organization: its limits of outbound calls, its share of the cache. */
  readonly bulkhead: string;
  /** Changes whenever anything below changes; documents, keys and pins are remembered under it. */
  readonly revision: string;
  readonly source: ProviderSource;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The one algorithm that ID tokens may be signed with. */
  readonly algorithm: SignatureAlgorithm;
  /** Requested besides `openid profile email`. */
  readonly extraScopes?: readonly string[];
  readonly clockToleranceSeconds?: number;
  /** Whether the groups are worth a call to userinfo when the ID token does not name them. */
  readonly needsGroups?: boolean;
  /** Audiences that an ID token may name besides this client (OpenID Connect Core, section 3.1.3.7, item 3). */
  readonly trustedAudiences?: readonly string[];
}
