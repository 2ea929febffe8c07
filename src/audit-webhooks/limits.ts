/** Every limit of the delivery of audit trails, by name. */

/** How often each node looks for what is to be delivered. */
export const deliveryRoundMs = 5_000;
/** Messages under way from one node, and those among them whose receiver failed before. */
export const deliveriesAtOnceMax = 50;
export const failingDeliveriesAtOnceMax = 25;
/** A receiver whose turn took longer counts like one that failed: it waits for its slots apart from quick ones. */
export const slowTurnMs = 2_000;
/** Slow receivers that are remembered; the one that was slow longest ago is forgotten first. */
export const slowReceiversMax = 1_000;
/** Messages that one receiver is sent in a row before others have their turn. */
export const messagesPerTurnMax = 20;

/** What one message holds; a single entry goes out whatever its size. */
export const entriesPerMessageMax = 50;
export const messageBytesMax = 262_144;
/** Entries that are looked through for those which a receiver wants. */
export const entriesScannedMax = 200;

/** From the moment a message has its slot to the last byte of the answer. */
export const deliveryMsMax = 10_000;
/** The same of a test, and how long one takes that reached nobody, whatever the reason. */
export const testMsMax = 5_000;
export const unreachableTestMs = 5_500;
/** The answer's body is not looked at; one that is larger counts as none. */
export const answerBytesMax = 65_536;
/** A node that claimed a message has so long before another may: more than a delivery can take. */
export const leaseMs = 25_000;

/** The pause after the first failure. It doubles with each, up to the longest, and is shortened by up to a half by chance. */
export const firstPauseMs = 5_000;
export const longestPauseMs = 3_600_000;
/** A receiver that took nothing for so long is paused. */
export const failingMsMax = 5 * 86_400_000;

export const secretBytes = 32;
