/** Errors of requests that no endpoint gets to see, or that HTTP itself rules out. */
export const requestErrors = {
  unsupported_media_type: {
    status: 415,
    error: 'UnsupportedMediaType',
    message: 'Send the body as application/json.',
  },
  body_too_large: { status: 413, error: 'PayloadTooLarge', message: 'The body is larger than this endpoint takes.' },
  bad_request: { status: 400, error: 'BadRequest', message: 'The request cannot be carried out as it stands.' },
  request_timeout: {
    status: 408,
    error: 'RequestTimeout',
    message: 'The request took too long to arrive. Send it again.',
  },
  path_too_long: {
    status: 414,
    error: 'UriTooLong',
    message: 'A part of the path is longer than any identifier. Check the URL.',
  },
  headers_too_large: {
    status: 431,
    error: 'RequestHeaderFieldsTooLarge',
    message: 'The headers of the request are too large. Send fewer or smaller headers and cookies.',
  },
  route_not_found: { status: 404, error: 'NotFound', message: 'There is no such endpoint.' },
  method_not_allowed: {
    status: 405,
    error: 'MethodNotAllowed',
    message: 'This endpoint does not take that method. The Allow header lists those that it takes.',
  },
} as const;
