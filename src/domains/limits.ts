/** Every limit of the traffic between this server and DNS, and how often it looks, by name. */

/** How long one server may leave one question unanswered, and how often it is asked. */
export const dnsTimeoutMs = 2_000;
export const dnsTries = 2;
/** The most that one look-up may take, however many servers there are. */
export const dnsLookupMsMax = 8_000;
/** One answer serves everybody who asks for the same name within this time, so that we are nobody's amplifier. */
export const dnsAnswerKeptMs = 5_000;
export const dnsAnswersKeptMax = 1_000;
/** Look-ups under way: in all, for all callers of the API, and for those of one organization. The rest is for rechecks. */
export const dnsLookupsMax = 200;
export const dnsLookupsOfCallersMax = 160;
export const dnsLookupsPerOrganizationMax = 5;
/** Records of one name that are looked at. */
export const txtRecordsMax = 200;

/** An admin's look at one domain is this long after the last. */
export const verifyPauseMs = 10_000;
/** A domain that is proved is looked at again after so long, give or take a tenth. */
export const recheckMs = 12 * 3_600_000;
/** The same while its record is missing, or while DNS does not answer. */
export const recheckSoonMs = 3_600_000;
/** A node that claimed a domain for a look has so long before another node may. */
export const recheckLeaseMs = 120_000;
/** How often each node looks for domains that are due, how many it claims at once, and how often in one round. */
export const recheckRoundMs = 300_000;
export const recheckBatchMax = 20;
export const recheckBatchesPerRoundMax = 50;
