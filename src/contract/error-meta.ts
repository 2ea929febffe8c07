import type { Fact } from './attempt-facts.ts';
import type { OrganizationId } from './ids.ts';

/** One field of a request that is wrong, as the `details` of an error list it. */
export interface Issue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Why an access token is rejected. The caller learns only that it is. */
export type TokenFault =
  | 'unknown_key'
  | 'foreign'
  | 'session_ended'
  | 'revoked_during_request'
  | 'machine_token_ended'
  | 'machine_token_expired'
  | 'no_uses_left'
  | 'address_not_trusted'
  | 'user_token';

/** Why a machine identity's credentials are rejected. The caller learns only that they are. */
type CredentialFault = 'unknown' | 'untrusted' | 'wrong' | 'unusable';

/**
 * What was found when a sign-in failed at the identity provider. It goes into the record of the attempt, which shows no
 * token, secret, `state`, subject or name, and into the log.
 */
export interface ProviderFailure {
  readonly step?: string;
  readonly reason?: string | undefined;
  readonly check?: string;
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
  readonly status?: number | undefined;
  /** The client authentication method that was used. */
  readonly method?: unknown;
  /** The provider's own error code and description, cleaned by `upstreamText`. */
  readonly error?: string | undefined;
  readonly errorDescription?: string | undefined;
  /** The parameter of the authorization response that is wrong. */
  readonly parameter?: string;
  /** The member of the provider metadata that is wrong. */
  readonly field?: string;
  readonly host?: string | undefined;
  readonly address?: string;
  readonly until?: string;
  /** Audiences of the ID token that are not trusted. */
  readonly audience?: string | undefined;
  readonly pkce?: unknown;
  /** How many keys were tried. */
  readonly keys?: number | undefined;
  /** The error code of the OpenID Connect library. */
  readonly library?: string | undefined;
  readonly bytesMax?: number;
  readonly redirectHost?: string | undefined;
  readonly proxyReason?: string;
  readonly proxyStatus?: number;
  readonly skipped?: readonly string[] | undefined;
}

interface ProvisioningFailure {
  readonly step: 'provisioning';
  readonly reason?: ProvisioningRefusal | undefined;
  readonly domain?: string | undefined;
}

/** Which of several situations a code stands for when a user is not let in. */
export const provisioningRefusals = [
  'membership_removed',
  'membership_inactive',
  'domain_not_verified',
  'address_not_verified',
  'other_identity',
] as const;
export type ProvisioningRefusal = (typeof provisioningRefusals)[number];

/**
 * What an error of each code carries in addition to the code, for the log and for the record of a sign-in attempt. A caller of
 * the API sees `issues` and `retryAfterSeconds` of it and nothing else. A code without a row carries nothing.
 */
export interface ErrorMeta {
  readonly validation_failed: { readonly issues: readonly Issue[] };
  readonly outbound_url_refused: { readonly issues: readonly Issue[] };
  readonly slug_taken: {
    readonly reason?: 'verified_by_operator' | 'deleted_organization';
    readonly issues?: readonly Issue[];
  };
  readonly permission_denied: {
    readonly role?: string;
    readonly subject?: string;
    readonly action?: string;
    readonly scope?: 'server';
    readonly reason?: 'slug_verified_by_operator';
  };
  /** The organization whose enforcement the caller bypasses: the use is recorded there, then the request is repeated. */
  readonly emergency_use_unrecorded: { readonly organizationId: OrganizationId };
  readonly token_invalid: { readonly reason?: TokenFault };
  readonly refresh_token_invalid: { readonly reason?: 'malformed' | 'gone' | 'reused' };
  readonly credentials_invalid: { readonly reason?: CredentialFault };
  /** `isFull`: the places of all callers together are taken, not only those of this one. */
  readonly work_limited: { readonly retryAfterSeconds: number; readonly isFull?: boolean };
  readonly work_failed: { readonly retryAfterSeconds: number };
  readonly connection_tests_limited: { readonly retryAfterSeconds: number };

  readonly callback_malformed: ProviderFailure;
  readonly idp_denied: ProviderFailure;
  readonly idp_error: ProviderFailure;
  readonly idp_unreachable: ProviderFailure;
  readonly idp_busy: ProviderFailure;
  readonly idp_paused: ProviderFailure;
  readonly idp_address_refused: ProviderFailure;
  readonly idp_tls_refused: ProviderFailure;
  readonly idp_response_invalid: ProviderFailure;
  readonly idp_issuer_mismatch: ProviderFailure;
  readonly idp_issuer_is_template: ProviderFailure;
  readonly idp_client_refused: ProviderFailure;
  readonly idp_code_refused: ProviderFailure;
  readonly id_token_missing: ProviderFailure;
  readonly id_token_invalid: ProviderFailure;
  readonly id_token_not_current: ProviderFailure;
  readonly id_token_signature_invalid: ProviderFailure;
  readonly id_token_algorithm_mismatch: ProviderFailure;
  readonly authentication_too_weak: ProviderFailure;
  readonly authentication_too_old: ProviderFailure;
  readonly required_claim_missing: ProviderFailure & { readonly claim: string; readonly state: string };
  readonly userinfo_subject_mismatch: ProviderFailure;
  readonly subject_invalid: ProviderFailure;
  readonly email_missing: { readonly step: 'claims'; readonly claim: string; readonly userinfo: string };
  readonly email_invalid: { readonly step: 'claims'; readonly claim: string; readonly reason: string };

  readonly email_domain_not_allowed: ProvisioningFailure;
  readonly account_link_required: ProvisioningFailure;
  readonly member_inactive: ProvisioningFailure;
  readonly invitation_required: ProvisioningFailure;
  readonly invitation_address_mismatch: ProvisioningFailure;
  readonly invitation_not_open: ProvisioningFailure;
  readonly email_domain_not_verified: ProvisioningFailure;
  readonly email_not_verified: ProvisioningFailure;
}

/** The codes with which provisioning refuses a sign-in. */
export type ProvisioningRefusalCode = {
  readonly [Code in keyof ErrorMeta]: ErrorMeta[Code] extends ProvisioningFailure ? Code : never;
}[keyof ErrorMeta];
