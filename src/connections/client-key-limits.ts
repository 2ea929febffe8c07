/** How long a provider may cache the keys (`Cache-Control` of the JWK Set). */
export const clientKeySetMaxAgeSeconds = 300;
/**
 * How long a key stays published after its successor took over: an assertion is valid for a minute, and the clocks of
 * nodes differ.
 */
export const clientKeyDrainSeconds = 600;
/** The number of JWK Sets that a node caches for a database outage, about 1 KiB each. */
export const clientKeySetsKnownMax = 2_000;
/** How long cached JWK Sets are published without a query after the database failed. */
export const knownKeySetsAloneMs = 5_000;
