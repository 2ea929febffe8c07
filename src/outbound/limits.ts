/** The limits of outbound requests, by name. */

export const headerBytesMax = 16_384;
/** Interim responses (RFC 9110, section 15.2) that are sat through before one answer. */
export const interimResponsesMax = 8;
/** From the first look-up of the name to an established (TLS) connection. */
export const connectMsMax = 3_000;
/** Addresses of one name that a proxy is asked to connect to, one after the other, within that time. */
export const tunnelTriesMax = 3;
/** The same for the token endpoint, which does more work; until the first header and until the last byte. */
export const tokenCallMsMax = 15_000;
/** One call of a connection test, from its slot to the last byte. */
export const probeCallMsMax = 5_000;
/** How long such a call takes when nothing could be reached, whatever the reason: longer than any reason takes. */
export const unreachableProbeMs = 5_500;
/** Certificates of a chain that are looked at. */
export const chainLengthMax = 8;
/** How long one DNS question may stay unanswered. */
export const lookupMsMax = 2_500;
/** Lookups of the operating system at once: each holds one of the four threads of libuv's pool. */
export const systemLookupsMax = 2;
/** How long an address that DNS answered is taken for true. */
export const lookupCacheMs = 30_000;
export const lookupCacheCountMax = 1_000;

/** Calls under way for one organization, and for all together. */
export const callsPerBulkheadMax = 10;
export const callsMax = 200;
/** Calls that may wait for a slot, in one organization and in all, and for how long. */
export const waitingPerBulkheadMax = 50;
export const waitingMax = 1_000;
export const waitForSlotMsMax = 5_000;

/** So many calls to one endpoint that fail in a row within so long, and it is left alone for a while. */
export const circuitFailuresMax = 5;
export const circuitWindowMs = 30_000;
/** For this long; then one call finds out whether it answers again. */
export const circuitOpenMs = 30_000;
/** Endpoints whose failures are remembered; the one that failed longest ago makes room. */
export const circuitsMax = 10_000;
/** A longer `Retry-After` of a provider is honoured no further than this. */
export const retryAfterMsMax = 60_000;

/** An idle connection is closed after this long unless the server names another time. */
export const keepAliveMs = 4_000;
/** No connection outlives this. With `lookupCacheMs` it makes a minute, within which a changed address is followed. */
export const connectionLifetimeMs = 30_000;

/** A provider's clock that differs by more is warned of. */
export const clockDifferenceMsMax = 60_000;
/** Our own clock is judged when so many hosts have told theirs, of which one that lies decides nothing. */
export const clockHostsMin = 3;
/** For this long what a host told counts. */
export const clockSampleMsMax = 3_600_000;
/** Organizations whose providers' times are remembered. */
export const clockSamplesMax = 1_000;
