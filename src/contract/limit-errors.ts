/** What a caller gets who asks for too much at once: a part of the table in `errors.ts`. */
export const limitErrors = {
  rate_limited: { status: 429, error: 'RateLimitExceeded', message: 'Too many requests. Try again later.' },
  connection_tests_limited: {
    status: 429,
    error: 'RateLimitExceeded',
    message: 'This organization made several such tests within a minute. Try again in a minute.',
    retryAfterSeconds: 60,
  },
  // Also when other callers took the places: a stranger must not be able to cause a 5xx.
  work_limited: {
    status: 429,
    error: 'RateLimitExceeded',
    message: 'Too many requests of this kind are waiting. Try again in a few seconds.',
    retryAfterSeconds: 2,
  },
  work_failed: {
    status: 503,
    error: 'ServiceUnavailable',
    message: 'This server could not do the work that the request needs. Nothing was changed. Try again.',
    retryAfterSeconds: 2,
  },
} as const;
