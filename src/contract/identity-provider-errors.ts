/**
 * What an identity provider does wrong: a part of the table in `errors.ts`. The texts are what the member reads. A tenant
 * chooses the provider, so none of this may look like a failure of the server: 424 Failed Dependency, or 4xx.
 */
export const identityProviderErrors = {
  idp_denied: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider did not let you sign in.',
  },
  idp_error: {
    status: 424,
    error: 'FailedDependency',
    message: 'Your identity provider answered with an error.',
  },
  idp_unreachable: {
    status: 424,
    error: 'FailedDependency',
    message: 'Your identity provider does not answer. Try again in a moment.',
  },
  idp_busy: {
    status: 429,
    error: 'RateLimitExceeded',
    message: "Too many sign-ins are waiting for your organization's identity provider. Try again in a moment.",
    retryAfterSeconds: 5,
  },
  idp_paused: {
    status: 424,
    error: 'FailedDependency',
    message: 'Your identity provider is not responding. Requests to it are paused. Try again in a minute.',
    retryAfterSeconds: 60,
  },
  idp_address_refused: {
    status: 424,
    error: 'FailedDependency',
    message: "This server may not call your identity provider's address. Your admin has to allow it.",
  },
  idp_tls_refused: {
    status: 424,
    error: 'FailedDependency',
    message: "Your identity provider's certificate could not be verified. Your admin has to look into this.",
  },
  idp_response_invalid: {
    status: 424,
    error: 'FailedDependency',
    message: 'Your identity provider sent an answer that this server cannot read.',
  },
  idp_issuer_mismatch: {
    status: 424,
    error: 'FailedDependency',
    message: "Your identity provider's issuer is not the one that your organization configured.",
  },
  idp_issuer_is_template: {
    status: 424,
    error: 'FailedDependency',
    message:
      "The address that your admin entered serves many tenants. Your admin has to enter your own tenant's address.",
  },
  idp_client_refused: {
    status: 424,
    error: 'FailedDependency',
    message:
      'Your identity provider does not accept the client id that your admin entered, or what proves it (a secret or a key).',
  },
  idp_code_refused: {
    status: 400,
    error: 'BadRequest',
    message: 'Your identity provider did not accept the sign-in code. Start again.',
  },
  id_token_missing: {
    status: 424,
    error: 'FailedDependency',
    message: 'Your identity provider did not send an ID token.',
  },
  id_token_invalid: {
    status: 403,
    error: 'PermissionDenied',
    message: "Your identity provider's answer did not pass the checks.",
  },
  id_token_not_current: {
    status: 403,
    error: 'PermissionDenied',
    message: "Your identity provider's answer is too old or from the future. Start again; if it stays, clocks differ.",
  },
  id_token_signature_invalid: {
    status: 403,
    error: 'PermissionDenied',
    message: "Your identity provider's signature could not be verified.",
  },
  id_token_algorithm_mismatch: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider signs with another algorithm than your admin configured.',
  },
} as const;
