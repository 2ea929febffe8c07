/** The default `Retry-After` of a 503: about the duration of a database fail-over. */
const unavailableRetrySeconds = 5;

/** The value of `Retry-After` (RFC 9110, section 10.2.3) in seconds; `undefined` if the response has none. */
export function retryAfterSeconds(status: number, meta: Readonly<Record<string, unknown>> = {}): number | undefined {
  const { retryAfterSeconds: known } = meta;
  if (typeof known === 'number') return known;
  return status === 503 ? unavailableRetrySeconds : undefined;
}
