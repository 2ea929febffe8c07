import type { JsonObject } from '../bounded-json.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProbeResult } from '../../outbound/guarded-probe.ts';
import type { JwkSet } from '../discovery/jwk-set.ts';
import type { UrlVerdict } from '../../outbound/outbound-policy.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** Everything that a test found out. The steps only judge it. */
export interface TestFacts {
  readonly connection: ConnectionSettings;
  /** The redirect URI, which must be registered at the provider. */
  readonly redirectUri: string;
  readonly secret: SecretState;
  /** What the admin entered. */
  readonly typed: readonly CheckedUrl[];
  /** What the discovery document names, or the admin entered instead. */
  readonly endpoints: readonly CheckedUrl[];
  /** The issuers that match the admin's input. */
  readonly issuers: readonly string[];
  readonly discovery: Contacted | undefined;
  /** The discovery document; `undefined` if it is missing or could not be read. */
  readonly document: JsonObject | undefined;
  /** The kind of provider; the generic one if it is unknown. */
  readonly profile: Profile;
  /** What a sign-in would use; `undefined` if it would stop here. */
  readonly metadata: ProviderMetadata | undefined;
  readonly keys: Contacted | undefined;
  readonly keySet: JwkSet | undefined;
  readonly token: Contacted | undefined;
  /**
   * Whether the token request was repeated with Basic credentials that are not form-encoded, as a sign-in does, and so
   * whether `token` is the response to those. `not_needed`: the first response is the only one.
   */
  readonly rawBasic: 'not_needed' | 'accepted' | 'refused';
  /** Secrets that must be removed from the provider's text. */
  readonly secrets: readonly string[];
}

/** A URL field, and the decision of the outbound policy. `url` is `undefined` if it is missing. */
export interface CheckedUrl {
  readonly field: string;
  readonly url: string | undefined;
  readonly verdict: UrlVerdict | undefined;
}

/** A called host, and the result. */
export interface Contacted {
  readonly url: URL;
  readonly result: ProbeResult;
  readonly atMs: number;
}

/**
 * The client secret: available, with its length in bytes; not given; stored for another destination than the tested
 * one, so not sent; stored for another destination than the document names now; or not decryptable.
 */
export type SecretState =
  | { readonly kind: 'usable'; readonly bytes: number }
  | { readonly kind: 'led_away' }
  | { readonly kind: 'missing' | 'moved' | 'sealed_shut' };
