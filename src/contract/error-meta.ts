import type { Fact, FactOf, KindFact } from './attempt-facts.ts';
import type { EmailFault } from './email-address.ts';
import type { OrganizationId } from './ids.ts';
import type { AttemptStepName } from './login-attempts.ts';

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
 * A request to the identity provider that failed, or a response that cannot be used. As all of these facts, it goes into
 * the record of the attempt and into the log. The record shows no token, secret, `state`, subject or name.
 */
interface RequestFailure {
  readonly step?: string;
  readonly reason?: string | undefined;
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
  readonly status?: number | undefined;
  /** The member of the provider metadata that is wrong. */
  readonly field?: string;
  readonly host?: string | undefined;
  readonly address?: string;
  readonly until?: string;
  readonly bytesMax?: number;
  readonly redirectHost?: string | undefined;
  readonly proxyReason?: string;
  readonly proxyStatus?: number;
  readonly skipped?: readonly string[] | undefined;
  /** The error code of the OpenID Connect library. */
  readonly library?: string | undefined;
}

/** The identity provider's own error code and description, cleaned by `upstreamText`. */
interface ProviderError {
  readonly error?: string | undefined;
  readonly errorDescription?: string | undefined;
}

/** Whether the discovery document lists PKCE with S256. */
export type PkceSupport = 'listed' | 'not_listed' | 'unknown';

/** An error in the authorization response. */
interface CallbackError extends ProviderError {
  readonly step: 'callback';
  readonly pkce: PkceSupport;
}

interface TokenErrorFacts extends ProviderError {
  readonly pkce: PkceSupport;
  /** The client authentication method that was used. */
  readonly method?: string;
}

/** An error in the token response. */
interface TokenError extends TokenErrorFacts {
  readonly step: 'token';
  readonly status: number;
}

/** A check of the ID token that failed. */
interface CheckFailure {
  readonly step: 'id_token';
  readonly check: AttemptStepName;
  readonly reason?: 'milliseconds';
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
  /** Audiences of the ID token that are not trusted. */
  readonly audience?: string | undefined;
  /** The error code of the OpenID Connect library, if only the library rejects the token. */
  readonly library?: string;
}

interface SignatureFailure {
  readonly step: 'id_token';
  readonly check: 'signature' | 'library';
  readonly reason?: 'no_such_key' | 'not_signed_by_key' | 'no_secret' | 'not_verified';
  /** How many keys were tried. */
  readonly keys?: number;
  readonly library?: string;
}

interface IssuerMismatch extends ProviderError {
  readonly step: 'callback' | 'discovery';
  readonly reason?: 'iss_absent' | 'iss_differs' | 'issuer_respelled' | 'issuer_changed';
  readonly expected: FactOf<'issuer' | 'issuers'>;
  readonly found: FactOf<'issuer' | 'none'>;
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
  readonly resource_taken: { readonly issues: readonly Issue[] };
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

  readonly callback_malformed: {
    readonly step: 'callback';
    readonly reason: 'state' | 'unasked_parameter' | 'code_or_error' | 'too_long' | 'repeated_parameter';
    /** The parameter of the authorization response that is wrong. */
    readonly parameter: string;
  };
  readonly idp_denied: CallbackError;
  readonly idp_error: CallbackError | TokenError;
  readonly idp_unreachable: RequestFailure & Partial<TokenErrorFacts>;
  readonly idp_busy: RequestFailure;
  readonly idp_paused: RequestFailure;
  readonly idp_address_refused: RequestFailure;
  readonly idp_tls_refused: RequestFailure;
  readonly idp_response_invalid: RequestFailure;
  readonly idp_issuer_mismatch: IssuerMismatch;
  readonly idp_issuer_is_template: { readonly step: 'discovery'; readonly found: FactOf<'issuer'> };
  readonly idp_client_refused: TokenError;
  readonly idp_code_refused: TokenError;
  readonly id_token_missing: { readonly step: 'token' };
  readonly id_token_invalid: CheckFailure;
  readonly id_token_not_current: CheckFailure;
  readonly id_token_signature_invalid: SignatureFailure;
  readonly id_token_algorithm_mismatch: {
    readonly step: 'id_token';
    readonly check: 'alg';
    readonly expected: FactOf<'algorithm'>;
    readonly found: FactOf<'algorithm'> | KindFact;
  };
  readonly authentication_too_weak: CheckFailure;
  readonly authentication_too_old: CheckFailure;
  readonly required_claim_missing: {
    readonly step: 'id_token';
    readonly check: 'required_claims';
    readonly claim: string;
    readonly state: 'absent' | 'different';
    readonly expected: Fact;
    readonly found: Fact;
  };
  readonly userinfo_subject_mismatch: {
    readonly step: 'userinfo';
    readonly check: 'sub';
    readonly reason: 'sub_absent' | 'sub_differs';
  };
  readonly subject_invalid: CheckFailure;
  readonly email_missing: {
    readonly step: 'claims';
    readonly claim: string;
    /** The result of the userinfo request. */
    readonly userinfo: 'received' | 'not_requested' | 'unavailable';
  };
  readonly email_invalid: {
    readonly step: 'claims';
    readonly claim: string;
    readonly reason: EmailFault | 'several_values' | 'not_a_string';
  };

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

/** The codes of a failed check of the ID token's claims. */
export type ClaimCheckCode = {
  readonly [Code in keyof ErrorMeta]: ErrorMeta[Code] extends CheckFailure ? Code : never;
}[keyof ErrorMeta];

/** What is wrong with an authorization response. */
export type ResponseFault = ErrorMeta['callback_malformed']['reason'];
