/** What a connection's options can refuse: a part of the table in `errors.ts`, which says what its columns mean. */
export const connectionErrors = {
  client_key_set_not_found: { status: 404, error: 'NotFound', message: 'There is no key set at this address.' },
  client_certificate_not_found: {
    status: 404,
    error: 'NotFound',
    message: 'There is no certificate of this key. Rotate the client key for a key with a certificate.',
  },
  client_key_unused: {
    status: 409,
    error: 'Conflict',
    message:
      'This configuration does not authenticate with a key pair. Set tokenEndpointAuthMethod to private_key_jwt first.',
  },
  authentication_too_weak: {
    status: 403,
    error: 'PermissionDenied',
    message: 'Your identity provider did not sign you in as strongly as your organization requires.',
  },
  authentication_too_old: {
    status: 403,
    error: 'PermissionDenied',
    message: 'You signed in at your identity provider longer ago than your organization allows. Sign in there again.',
  },
  required_claim_missing: {
    status: 403,
    error: 'PermissionDenied',
    message:
      'Your account at your identity provider lacks what your organization requires of it. Perhaps you have another.',
  },
} as const;
