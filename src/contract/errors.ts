import { AppError } from '../kernel/app-error.ts';
import type { ErrorMeta } from './error-meta.ts';

/** What a code means on the wire: its HTTP status and the `error` name of the public API. */
interface ErrorMeaning {
  readonly status: number;
  readonly error: string;
  /** When it makes sense to try again, for `Retry-After`. A more precise value in an error's `meta` wins. */
  readonly retryAfterSeconds?: number;
}

/**
 * The closed table of everything that can go wrong. The public text of each code is in `texts/en/errors.ts`.
 *
 * A status of 500 or above means that Sallyport failed, so that operators can alert on it. A failure of a tenant's
 * identity provider, DNS or receiver is 424 Failed Dependency (RFC 4918, section 11.4), which clients do not repeat by
 * themselves. Load that a stranger can cause is 429, even if other callers caused it.
 */
export const errorTable = {
  // Requests to the API.
  validation_failed: { status: 422, error: 'ValidationFailure' },
  malformed_json: { status: 422, error: 'ValidationFailure' },
  unsupported_media_type: { status: 415, error: 'UnsupportedMediaType' },
  body_too_large: { status: 413, error: 'PayloadTooLarge' },
  bad_request: { status: 400, error: 'BadRequest' },
  request_timeout: { status: 408, error: 'RequestTimeout' },
  path_too_long: { status: 414, error: 'UriTooLong' },
  headers_too_large: { status: 431, error: 'RequestHeaderFieldsTooLarge' },
  route_not_found: { status: 404, error: 'NotFound' },
  method_not_allowed: { status: 405, error: 'MethodNotAllowed' },
  rate_limited: { status: 429, error: 'RateLimitExceeded' },
  connection_tests_limited: { status: 429, error: 'RateLimitExceeded', retryAfterSeconds: 60 },
  work_limited: { status: 429, error: 'RateLimitExceeded', retryAfterSeconds: 2 },
  work_failed: { status: 503, error: 'ServiceUnavailable', retryAfterSeconds: 2 },
  internal_error: { status: 500, error: 'InternalServerError' },
  storage_unavailable: { status: 503, error: 'ServiceUnavailable', retryAfterSeconds: 5 },
  not_ready: { status: 503, error: 'ServiceUnavailable', retryAfterSeconds: 5 },

  // Authentication and authorization.
  token_missing: { status: 401, error: 'UnauthorizedError' },
  token_invalid: { status: 403, error: 'TokenError' },
  organization_not_selected: { status: 401, error: 'UnauthorizedError' },
  user_token_required: { status: 401, error: 'UnauthorizedError' },
  machine_token_required: { status: 401, error: 'UnauthorizedError' },
  credentials_invalid: { status: 401, error: 'UnauthorizedError' },
  credentials_locked: { status: 401, error: 'UnauthorizedError' },
  refresh_token_invalid: { status: 401, error: 'UnauthorizedError' },
  refresh_token_superseded: { status: 401, error: 'UnauthorizedError' },
  permission_denied: { status: 403, error: 'PermissionDenied' },
  sso_required: { status: 403, error: 'PermissionDenied' },
  emergency_use_unrecorded: { status: 403, error: 'PermissionDenied' },
  session_too_old: { status: 401, error: 'UnauthorizedError' },
  cross_site_request: { status: 403, error: 'PermissionDenied' },
  setup_token_required: { status: 403, error: 'PermissionDenied' },
  break_glass_session: { status: 403, error: 'PermissionDenied' },

  // Resources that do not exist, or not for this caller.
  organization_not_found: { status: 404, error: 'NotFound' },
  oidc_config_not_found: { status: 404, error: 'NotFound' },
  identity_not_found: { status: 404, error: 'NotFound' },
  universal_auth_not_found: { status: 404, error: 'NotFound' },
  client_secret_not_found: { status: 404, error: 'NotFound' },
  group_not_found: { status: 404, error: 'NotFound' },
  user_not_found: { status: 404, error: 'NotFound' },
  membership_not_found: { status: 404, error: 'NotFound' },
  login_attempt_not_found: { status: 404, error: 'NotFound' },
  session_not_found: { status: 404, error: 'NotFound' },
  email_domain_not_found: { status: 404, error: 'NotFound' },
  invitation_not_found: { status: 404, error: 'NotFound' },
  audit_webhook_not_found: { status: 404, error: 'NotFound' },
  application_not_found: { status: 404, error: 'NotFound' },
  application_secret_not_found: { status: 404, error: 'NotFound' },
  client_key_set_not_found: { status: 404, error: 'NotFound' },
  client_certificate_not_found: { status: 404, error: 'NotFound' },

  // Conflicts with what is stored.
  oidc_config_exists: { status: 409, error: 'Conflict' },
  oidc_config_enforced: { status: 409, error: 'Conflict' },
  enforcement_needs_config: { status: 400, error: 'BadRequest' },
  enforcement_needs_sign_in: { status: 400, error: 'BadRequest' },
  slug_taken: { status: 409, error: 'Conflict' },
  name_taken: { status: 409, error: 'Conflict' },
  last_admin: { status: 409, error: 'Conflict' },
  limit_reached: { status: 400, error: 'BadRequest' },
  key_rotation_not_ready: { status: 409, error: 'Conflict' },
  universal_auth_exists: { status: 409, error: 'Conflict' },
  precondition_failed: { status: 412, error: 'PreconditionFailed' },
  organization_holds_server_identity: { status: 409, error: 'Conflict' },
  organization_vouched_for: { status: 409, error: 'Conflict' },
  deleted_meanwhile: { status: 409, error: 'Conflict' },
  already_bootstrapped: { status: 400, error: 'BadRequest' },
  outbound_url_refused: { status: 400, error: 'BadRequest' },
  group_managed_by_idp: { status: 400, error: 'BadRequest' },
  audit_webhook_exists: { status: 409, error: 'Conflict' },
  application_secret_unused: { status: 409, error: 'Conflict' },
  resource_taken: { status: 409, error: 'Conflict' },
  client_key_unused: { status: 409, error: 'Conflict' },
  identity_not_linked: { status: 409, error: 'Conflict' },
  issuer_not_linked: { status: 409, error: 'Conflict' },
  relink_needs_domain: { status: 409, error: 'Conflict' },
  invitation_exists: { status: 409, error: 'Conflict' },
  invitation_closed: { status: 409, error: 'Conflict' },
  invitation_of_member: { status: 409, error: 'Conflict' },

  // E-mail domains.
  email_domain_exists: { status: 409, error: 'Conflict' },
  email_domain_taken: { status: 409, error: 'Conflict' },
  email_domain_vouched: { status: 409, error: 'Conflict' },
  email_domain_changed: { status: 409, error: 'Conflict' },
  email_domain_code_expired: { status: 400, error: 'BadRequest' },
  email_domain_record_missing: { status: 400, error: 'BadRequest' },
  email_domain_record_wrong: { status: 400, error: 'BadRequest' },
  email_domain_record_alias: { status: 400, error: 'BadRequest' },
  email_domain_checked_recently: { status: 429, error: 'RateLimitExceeded', retryAfterSeconds: 10 },
  dns_unavailable: { status: 424, error: 'FailedDependency', retryAfterSeconds: 10 },

  // A sign-in that cannot start. The text is the same for an unknown organization and for one without an active connection.
  return_to_too_long: { status: 400, error: 'BadRequest' },
  return_to_refused: { status: 400, error: 'BadRequest' },
  sign_in_unavailable: { status: 404, error: 'NotFound' },

  // A sign-in that fails at the callback.
  attempt_missing: { status: 400, error: 'BadRequest' },
  application_request_expired: { status: 400, error: 'BadRequest' },
  application_request_too_long: { status: 414, error: 'UriTooLong' },
  no_applications: { status: 404, error: 'NotFound' },
  attempt_finished: { status: 400, error: 'BadRequest' },
  callback_malformed: { status: 400, error: 'BadRequest' },
  config_changed: { status: 400, error: 'BadRequest' },
  idp_denied: { status: 403, error: 'PermissionDenied' },
  idp_error: { status: 424, error: 'FailedDependency' },
  idp_unreachable: { status: 424, error: 'FailedDependency' },
  idp_busy: { status: 429, error: 'RateLimitExceeded', retryAfterSeconds: 5 },
  idp_paused: { status: 424, error: 'FailedDependency', retryAfterSeconds: 60 },
  idp_address_refused: { status: 424, error: 'FailedDependency' },
  idp_tls_refused: { status: 424, error: 'FailedDependency' },
  idp_response_invalid: { status: 424, error: 'FailedDependency' },
  idp_issuer_mismatch: { status: 424, error: 'FailedDependency' },
  idp_issuer_is_template: { status: 424, error: 'FailedDependency' },
  idp_client_refused: { status: 424, error: 'FailedDependency' },
  idp_code_refused: { status: 400, error: 'BadRequest' },
  id_token_missing: { status: 424, error: 'FailedDependency' },
  id_token_invalid: { status: 403, error: 'PermissionDenied' },
  id_token_not_current: { status: 403, error: 'PermissionDenied' },
  id_token_signature_invalid: { status: 403, error: 'PermissionDenied' },
  id_token_algorithm_mismatch: { status: 403, error: 'PermissionDenied' },
  authentication_too_weak: { status: 403, error: 'PermissionDenied' },
  authentication_too_old: { status: 403, error: 'PermissionDenied' },
  required_claim_missing: { status: 403, error: 'PermissionDenied' },
  userinfo_subject_mismatch: { status: 403, error: 'PermissionDenied' },
  subject_invalid: { status: 403, error: 'PermissionDenied' },
  email_missing: { status: 403, error: 'PermissionDenied' },
  email_invalid: { status: 403, error: 'PermissionDenied' },
  email_domain_not_allowed: { status: 403, error: 'PermissionDenied' },
  account_link_required: { status: 403, error: 'PermissionDenied' },

  // A user who may not become a member, or not again.
  member_inactive: { status: 403, error: 'PermissionDenied' },
  invitation_required: { status: 403, error: 'PermissionDenied' },
  invitation_address_mismatch: { status: 403, error: 'PermissionDenied' },
  invitation_not_open: { status: 403, error: 'PermissionDenied' },
  email_domain_not_verified: { status: 403, error: 'PermissionDenied' },
  email_not_verified: { status: 403, error: 'PermissionDenied' },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof errorTable;

/** What a code means, with what only some codes have. */
export function meaningOf(code: ErrorCode): ErrorMeaning {
  return errorTable[code];
}

/** The facts that errors of a code carry. A code without a row in {@link ErrorMeta} has no facts. */
type MetaOf<Code extends ErrorCode> = Code extends keyof ErrorMeta ? ErrorMeta[Code] : Readonly<Record<string, never>>;

/** An error with one of these codes. Comparing its `code` narrows its `meta`. */
export type ErrorOf<Code extends ErrorCode> = Code extends ErrorCode ? AppError<Code, MetaOf<Code>> : never;

/** An error with a code of {@link errorTable}. */
export type KnownError = ErrorOf<ErrorCode>;

/** The codes among these whose `meta` has a field that cannot be left out. */
type CodeWithFacts<Code extends ErrorCode> = Code extends keyof ErrorMeta
  ? Partial<ErrorMeta[Code]> extends ErrorMeta[Code]
    ? never
    : Code
  : never;

/** A code whose errors need nothing but the code. */
export type BareErrorCode = Exclude<ErrorCode, CodeWithFacts<ErrorCode>>;

interface WithMeta<Meta> {
  readonly cause?: unknown;
  readonly meta: Meta;
}

type Options<Code extends ErrorCode> = [CodeWithFacts<Code>] extends [never]
  ? [options?: Partial<WithMeta<MetaOf<Code>>>]
  : [options: WithMeta<MetaOf<Code>>];

/** Makes the error for a code; `meta` and `cause` go to the log and to the attempt's record, never to the caller. */
export function appError<Code extends ErrorCode>(code: Code, ...[options]: Options<Code>): ErrorOf<Code> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a union of codes makes a union of errors
  return new AppError(code, options) as ErrorOf<Code>;
}

/** Narrows anything that was thrown to an error whose code this table knows. */
export function isKnownError(thrown: unknown): thrown is KnownError {
  if (!(thrown instanceof AppError)) return false;
  const code: string = thrown.code; // `instanceof` leaves the type parameter open.
  return Object.hasOwn(errorTable, code);
}
