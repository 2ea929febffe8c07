/** The limits of outbound requests, by name. */

export const headerBytesMax = 16_384;
/** The number of interim responses (RFC 9110, section 15.2) before a response. */
export const interimResponsesMax = 8;
/** From the first lookup of the name to an established (TLS) connection. */
export const connectMsMax = 3_000;
/** The number of addresses that a proxy tries within that time, one after the other. */
export const tunnelTriesMax = 3;
/** The same for the token endpoint, which does more work: until the first header and until the last byte. */
export const tokenCallMsMax = 15_000;
/** One call of a connection test, from its slot to the last byte. */
export const probeCallMsMax = 5_000;
/**
 * The duration of such a call if the host is unreachable, whatever the reason. Longer than any of the reasons takes.
 */
export const unreachableProbeMs = 5_500;
/** The number of certificates of a chain that are read. */
export const chainLengthMax = 8;
/** The timeout of a DNS query. */
export const lookupMsMax = 2_500;
/** Concurrent lookups of the operating system. Each occupies one of the four threads of libuv's pool. */
export const systemLookupsMax = 2;
/** How long a DNS answer is cached. */
export const lookupCacheMs = 30_000;
export const lookupCacheCountMax = 1_000;

/** Concurrent calls per organization, and in total. */
export const callsPerBulkheadMax = 10;
export const callsMax = 200;
/** Calls that may wait for a slot, per organization and in total, and for how long. */
export const waitingPerBulkheadMax = 50;
export const waitingMax = 1_000;
export const waitForSlotMsMax = 5_000;

/** An endpoint is paused after this many consecutive failures within this time. */
export const circuitFailuresMax = 5;
export const circuitWindowMs = 30_000;
/** The duration of the pause. Then one call checks whether the endpoint responds again. */
export const circuitOpenMs = 30_000;
/** The number of endpoints with remembered failures. The oldest one is dropped. */
export const circuitsMax = 10_000;
/** The maximum of a provider's `Retry-After`. */
export const retryAfterMsMax = 60_000;

/** An idle connection is closed after this time, unless the server announces another one. */
export const keepAliveMs = 4_000;
/** The maximum age of a connection. With `lookupCacheMs`, a changed address takes effect within a minute. */
export const connectionLifetimeMs = 30_000;

/** The clock difference that causes a warning. */
export const clockDifferenceMsMax = 60_000;
/** The number of hosts that are needed to judge the server's clock. One of them that lies does not decide. */
export const clockHostsMin = 3;
/** How long a sample counts. */
export const clockSampleMsMax = 3_600_000;
/** The number of organizations with samples. */
export const clockSamplesMax = 1_000;
