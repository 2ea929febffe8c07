/** Messages that an organization may cause within an hour: this server is nobody's means to write to strangers. */
export const mailsPerOrganizationHourMax = 100;
/** Between two messages of one organization to one address. */
export const mailPauseSeconds = 600;
/** Messages to one mailbox within a day, whichever organizations cause them and whatever tags the addresses have. */
export const mailsPerMailboxDayMax = 10;
/**
 * Messages to one domain within a day, whichever organizations cause them. An organization that owns the domain and the
 * domains of mail providers are not limited by it.
 */
export const mailsPerDomainDayMax = 500;
/** A message is tried so often, over about 17 hours. */
export const mailAttemptsMax = 11;
export const mailRetrySecondsMin = 60;
/** Messages that one round takes, and how long they are that node's. */
export const mailsPerRound = 5;
export const mailLeaseSeconds = 300;
/** How often a node looks for messages. */
export const mailRoundMs = 5000;
/** How much of a name that somebody chose stands in a message. */
export const mailNameLengthMax = 80;
