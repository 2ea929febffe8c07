import { AppError } from '../kernel/app-error.ts';
import { provisioningErrors } from './provisioning-errors.ts';
import { auditWebhookErrorTable } from './audit-webhook-errors.ts';
import { connectionErrors } from './connection-errors.ts';
import { emailDomainErrors } from './email-domain-errors.ts';
import type { ErrorMeta } from './error-meta.ts';
import { identityProviderErrors } from './identity-provider-errors.ts';
import { limitErrors } from './limit-errors.ts';
import { organizationErrors } from './organization-errors.ts';
import { requestErrors } from './request-errors.ts';

/** What a code means on the wire: its HTTP status, the `error` name of the public API, and its fixed public text. */
interface ErrorMeaning {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  /** When it makes sense to try again, for `Retry-After`; a more precise value in an error's `meta` wins. */
  readonly retryAfterSeconds?: number;
}

/**
 * The closed table of everything that can go wrong. No status number and no public text stands anywhere else, and no
 * public text holds input, a claim or what an identity provider said.
 *
 * A status of 500 or above means that Sallyport failed, so that operators can alert on it. What a tenant's identity
 * provider, DNS or receiver does wrong is 424 Failed Dependency (RFC 4918, section 11.4), which clients do not repeat by
 * themselves.
 */
export const errorTable = {
  // Requests to the API.
  validation_failed: { status: 422, error: 'ValidationFailure', message: 'The request is not valid.' },
  malformed_json: { status: 422, error: 'ValidationFailure', message: 'The body is not valid JSON.' },
  ...requestErrors,
  ...limitErrors,
  internal_error: {
    status: 500,
    error: 'InternalServerError',
    message: 'Something went wrong. The log has the cause under this reqId.',
  },
  storage_unavailable: {
    status: 503,
    error: 'ServiceUnavailable',
    message: 'The database does not answer or cannot be written to. Nothing was changed.',
    retryAfterSeconds: 5,
  },
  not_ready: {
    status: 503,
    error: 'ServiceUnavailable',
    message: 'The server is starting or stopping.',
    retryAfterSeconds: 5,
  },

  // Who is asking.
  token_missing: { status: 401, error: 'UnauthorizedError', message: 'Send an access token as a bearer token.' },
  token_invalid: { status: 403, error: 'TokenError', message: 'The access token is malformed, expired or revoked.' },
  organization_not_selected: {
    status: 401,
    error: 'UnauthorizedError',
    message: 'This token carries no organization. Select one first.',
  },
  user_token_required: { status: 401, error: 'UnauthorizedError', message: "This endpoint needs a user's token." },
  machine_token_required: {
    status: 401,
    error: 'UnauthorizedError',
    message: "This endpoint needs a machine identity's token.",
  },
  credentials_invalid: { status: 401, error: 'UnauthorizedError', message: 'The credentials are not valid.' },
  credentials_locked: {
    status: 401,
    error: 'UnauthorizedError',
    message: 'Too many failed logins. This login is locked for a while.',
  },
  refresh_token_invalid: {
    status: 401,
    error: 'UnauthorizedError',
    message: 'There is no session to refresh. Sign in again.',
  },
  refresh_token_superseded: {
    status: 401,
    error: 'UnauthorizedError',
    message: 'This refresh token was exchanged a moment ago, and so was its successor. Send the newest one.',
  },
  permission_denied: { status: 403, error: 'PermissionDenied', message: 'Your role does not allow this.' },
  sso_required: {
    status: 403,
    error: 'PermissionDenied',
    message: 'This organization takes only sign-ins through its identity provider. Sign in there.',
  },
  emergency_use_unrecorded: {
    status: 403,
    error: 'PermissionDenied',
    message: 'This way past single sign-on could not be written down, so it is closed. Try again.',
  },
  session_too_old: {
    status: 401,
    error: 'UnauthorizedError',
    message: 'You signed in longer ago than this organization allows. Sign in again.',
  },
  cross_site_request: { status: 403, error: 'PermissionDenied', message: 'The request came from another site.' },

  // What is asked for.
  organization_not_found: { status: 404, error: 'NotFound', message: 'There is no such organization.' },
  oidc_config_not_found: {
    status: 404,
    error: 'NotFound',
    message: 'This organization has no OIDC configuration.',
  },
  identity_not_found: { status: 404, error: 'NotFound', message: 'There is no such identity.' },
  universal_auth_not_found: {
    status: 404,
    error: 'NotFound',
    message: 'This identity has no universal auth.',
  },
  client_secret_not_found: { status: 404, error: 'NotFound', message: 'There is no such client secret.' },
  group_not_found: { status: 404, error: 'NotFound', message: 'There is no such group.' },
  user_not_found: { status: 404, error: 'NotFound', message: 'There is no such user.' },
  membership_not_found: { status: 404, error: 'NotFound', message: 'There is no such member.' },
  login_attempt_not_found: { status: 404, error: 'NotFound', message: 'There is no record of such a sign-in attempt.' },
  session_not_found: { status: 404, error: 'NotFound', message: 'There is no such session.' },

  // What stands in the way.
  oidc_config_exists: {
    status: 409,
    error: 'Conflict',
    message: 'This organization already has an OIDC configuration. Change it with PATCH.',
  },
  oidc_config_enforced: {
    status: 409,
    error: 'Conflict',
    message: 'The organization enforces single sign-on. Switch enforcement off before removing its configuration.',
  },
  enforcement_needs_config: {
    status: 400,
    error: 'BadRequest',
    message: 'Single sign-on cannot be enforced without an active OIDC configuration.',
  },
  enforcement_needs_sign_in: {
    status: 400,
    error: 'BadRequest',
    message:
      'Single sign-on cannot be enforced before somebody has signed in through it since its endpoints, client or algorithm last changed.',
  },
  slug_taken: { status: 409, error: 'Conflict', message: 'That slug is taken.' },
  name_taken: { status: 409, error: 'Conflict', message: 'That name is taken.' },
  last_admin: {
    status: 409,
    error: 'Conflict',
    message: 'The organization would be left without an active admin. Make somebody else an admin first.',
  },
  limit_reached: {
    status: 400,
    error: 'BadRequest',
    message: 'There are as many of these as this server allows. Remove one first.',
  },
  key_rotation_not_ready: {
    status: 409,
    error: 'Conflict',
    message: 'Not every node has the root keys that this needs. See the page on key rotation.',
  },
  universal_auth_exists: { status: 409, error: 'Conflict', message: 'This identity already has universal auth.' },
  precondition_failed: {
    status: 412,
    error: 'PreconditionFailed',
    message: 'It was changed since you read it. Read it again, then repeat your change.',
  },
  ...organizationErrors,
  already_bootstrapped: { status: 400, error: 'BadRequest', message: 'This server has been set up already.' },
  outbound_url_refused: {
    status: 400,
    error: 'BadRequest',
    message: 'The outbound policy refuses this URL.',
  },
  group_managed_by_idp: {
    status: 400,
    error: 'BadRequest',
    message: 'Memberships of this organization are managed by its identity provider.',
  },
  ...emailDomainErrors,
  ...auditWebhookErrorTable,
  return_to_too_long: {
    status: 400,
    error: 'BadRequest',
    message: '`returnTo` is longer than 512 characters once it is percent-encoded. Send a shorter one.',
  },
  return_to_refused: { status: 400, error: 'BadRequest', message: '`returnTo` is not an allowed redirect target.' },

  // A sign-in that cannot start: one answer for an unknown organization and for one without an active configuration.
  sign_in_unavailable: {
    status: 404,
    error: 'NotFound',
    message: 'Single sign-on is not available for what you entered.',
  },

  // A sign-in that was refused at the callback. The texts are what the member reads.
  attempt_missing: {
    status: 400,
    error: 'BadRequest',
    message: 'This sign-in was not started in this browser, or it took too long. Start again.',
  },
  attempt_finished: {
    status: 400,
    error: 'BadRequest',
    message: 'This sign-in was already finished. Start again.',
  },
  callback_malformed: {
    status: 400,
    error: 'BadRequest',
    message: 'The answer of the identity provider was not complete. Start again.',
  },
  config_changed: {
    status: 400,
    error: 'BadRequest',
    message: "Your organization's sign-in settings changed while you were signing in. Start again.",
  },
  ...identityProviderErrors,
  ...connectionErrors,
  userinfo_subject_mismatch: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider described two different people.',
  },
  subject_invalid: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider sent no usable subject.',
  },
  email_missing: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider did not send your e-mail address. Your admin has to release the email claim.',
  },
  email_invalid: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider sent an e-mail address that cannot be used.',
  },
  email_domain_not_allowed: {
    status: 403,
    error: 'PermissionDenied',
    message: 'The domain of your e-mail address may not sign in to this organization.',
  },
  account_link_required: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Another account of this organization has your e-mail address. Your admin has to sort this out.',
  },
  ...provisioningErrors,
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof errorTable;

/** What a code means, with what only some codes have. */
export function meaningOf(code: ErrorCode): ErrorMeaning {
  return errorTable[code];
}

/** What the errors of a code carry besides it; nothing unless {@link ErrorMeta} has a row. */
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
