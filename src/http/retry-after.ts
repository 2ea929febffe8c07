/** What a 503 tells clients to wait when nothing more precise is known: about as long as a database fail-over takes. */
const unavailableRetrySeconds = 5;

/** The value of `Retry-After` (RFC 9110, section 10.2.3) in seconds for an answer; `undefined` where it has none. */
export function retryAfterSeconds(status: number, meta: Readonly<Record<string, unknown>> = {}): number | undefined {
  const { retryAfterSeconds: known } = meta;
  if (typeof known === 'number') return known;
  return status === 503 ? unavailableRetrySeconds : undefined;
}
