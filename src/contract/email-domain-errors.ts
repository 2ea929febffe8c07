/** What can go wrong with an e-mail domain: a part of the table in `errors.ts`, which says what its columns mean. */
export const emailDomainErrors = {
  email_domain_not_found: { status: 404, error: 'NotFound', message: 'There is no such e-mail domain.' },
  email_domain_exists: {
    status: 409,
    error: 'Conflict',
    message: 'The organization has this e-mail domain already.',
  },
  email_domain_taken: {
    status: 409,
    error: 'Conflict',
    message:
      'Another organization has proved this e-mail domain, and its proof still stands. Remove its TXT record first.',
  },
  email_domain_vouched: {
    status: 409,
    error: 'Conflict',
    message: 'The operator of this server vouches for this e-mail domain. Only the settings of the server change that.',
  },
  email_domain_changed: {
    status: 409,
    error: 'Conflict',
    message: 'The e-mail domain was changed while DNS was asked. Try again.',
  },
  email_domain_code_expired: {
    status: 400,
    error: 'BadRequest',
    message: 'The verification code has expired. Add the domain again to get a new one.',
  },
  email_domain_record_missing: {
    status: 400,
    error: 'BadRequest',
    message: 'DNS has no TXT record of that name yet. A new record may take an hour to be seen.',
  },
  email_domain_record_wrong: {
    status: 400,
    error: 'BadRequest',
    message: 'The TXT record does not hold the verification code.',
  },
  email_domain_record_alias: {
    status: 400,
    error: 'BadRequest',
    message: 'The name of the TXT record is an alias (CNAME). The record must stand in the domain itself.',
  },
  email_domain_checked_recently: {
    status: 429,
    error: 'RateLimitExceeded',
    message: 'DNS was asked about this e-mail domain a moment ago. Wait ten seconds.',
    retryAfterSeconds: 10,
  },
  dns_unavailable: {
    status: 424,
    error: 'FailedDependency',
    message: 'The DNS servers of the domain gave no answer. Nothing was changed. Try again in a moment.',
    retryAfterSeconds: 10,
  },
} as const;
