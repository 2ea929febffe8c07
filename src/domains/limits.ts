/** The limits of DNS traffic, and how often domains are checked, by name. */

/** The timeout of one query to one server, and the number of attempts. */
export const dnsTimeoutMs = 2_000;
export const dnsTries = 2;
/** The timeout of one lookup over all servers. */
export const dnsLookupMsMax = 8_000;
/** How long an answer is shared by all callers of one name, so that the server cannot be used to flood DNS servers. */
export const dnsAnswerKeptMs = 5_000;
export const dnsAnswersKeptMax = 1_000;
/** Concurrent lookups: in total, for API callers, and per organization. The rest is for background checks. */
export const dnsLookupsMax = 200;
export const dnsLookupsOfCallersMax = 160;
export const dnsLookupsPerOrganizationMax = 5;
/** The number of records of one name that are read. */
export const txtRecordsMax = 200;

/** The minimum interval between two checks of one domain by an admin. */
export const verifyPauseMs = 10_000;
/** The interval between checks of a verified domain, plus or minus a tenth. */
export const recheckMs = 12 * 3_600_000;
/** The interval while the record is missing, or while DNS does not answer. */
export const recheckSoonMs = 3_600_000;
/** How long a node reserves a domain for a check. */
export const recheckLeaseMs = 120_000;
/** How often each node looks for domains that are due, how many it reserves at once, and how often per round. */
export const recheckRoundMs = 300_000;
export const recheckBatchMax = 20;
export const recheckBatchesPerRoundMax = 50;
