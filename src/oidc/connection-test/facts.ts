import type { JsonObject } from '../bounded-json.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProbeResult } from '../../outbound/guarded-probe.ts';
import type { JwkSet } from '../discovery/jwk-set.ts';
import type { UrlVerdict } from '../../outbound/outbound-policy.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/** Everything that a test found out. The steps judge it, and do nothing else. */
export interface TestFacts {
  readonly connection: ConnectionSettings;
  /** Where the browser is sent back to, as it must be registered at the provider. */
  readonly redirectUri: string;
  readonly secret: SecretState;
  /** What the admin typed. */
  readonly typed: readonly CheckedUrl[];
  /** What the discovery document names, or the admin typed in its stead. */
  readonly endpoints: readonly CheckedUrl[];
  /** The issuers that the admin's text admits. */
  readonly issuers: readonly string[];
  readonly discovery: Contacted | undefined;
  /** The discovery document; `undefined` when there is none, or it could not be read. */
  readonly document: JsonObject | undefined;
  /** What kind of provider this is; the generic one when nobody knows it. */
  readonly profile: Profile;
  /** What a sign-in would work with; `undefined` when it would stop here. */
  readonly metadata: ProviderMetadata | undefined;
  readonly keys: Contacted | undefined;
  readonly keySet: JwkSet | undefined;
  readonly token: Contacted | undefined;
  /**
   * Whether the token request was repeated with Basic credentials that are not form-encoded, as a sign-in does, and so
   * whether `token` is the answer to those. `not_needed`: the first answer is the only one.
   */
  readonly rawBasic: 'not_needed' | 'accepted' | 'refused';
  /** What must not be repeated although the provider says it. */
  readonly secrets: readonly string[];
}

/** A field that holds a URL, and what the outbound policy says of it. `url` is `undefined` when there is none. */
export interface CheckedUrl {
  readonly field: string;
  readonly url: string | undefined;
  readonly verdict: UrlVerdict | undefined;
}

/** A host that was called, and what came of it when. */
export interface Contacted {
  readonly url: URL;
  readonly result: ProbeResult;
  readonly atMs: number;
}

/**
 * The client secret: there, with its length in bytes; not given; stored for another place than the tested one, and so
 * not sent there; for another place than the document leads to now; or sealed so that it does not open.
 */
export type SecretState =
  | { readonly kind: 'usable'; readonly bytes: number }
  | { readonly kind: 'led_away' }
  | { readonly kind: 'missing' | 'moved' | 'sealed_shut' };
