/** How long a provider may keep the keys that it read (`Cache-Control` of the key set). */
export const clientKeySetMaxAgeSeconds = 300;
/**
 * After its successor took over, a key stays for so long: an assertion that it signed is good for a minute, and clocks
 * of nodes differ.
 */
export const clientKeyDrainSeconds = 600;
/** Key sets of configurations that a node remembers for a database outage: about 1 KiB each. */
export const clientKeySetsKnownMax = 2_000;
/** After the database failed, known key sets are published without asking it for this long. */
export const knownKeySetsAloneMs = 5_000;
