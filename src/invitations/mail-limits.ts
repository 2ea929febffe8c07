/** Messages per organization and hour, to prevent spam to strangers. */
export const mailsPerOrganizationHourMax = 100;
/** The interval between two messages of one organization to one address. */
export const mailPauseSeconds = 600;
/** Messages per mailbox and day, from all organizations and with all tags of the address. */
export const mailsPerMailboxDayMax = 10;
/**
 * Messages per domain and day, from all organizations. It does not apply to the owner of the domain and to domains of
 * mail providers.
 */
export const mailsPerDomainDayMax = 500;
/** The number of delivery attempts, over about 17 hours. */
export const mailAttemptsMax = 11;
export const mailRetrySecondsMin = 60;
/** The number of messages per round, and how long a node reserves them. */
export const mailsPerRound = 5;
export const mailLeaseSeconds = 300;
/** How often a node looks for messages. */
export const mailRoundMs = 5000;
/** The maximum length of a name in a message. */
export const mailNameLengthMax = 80;
