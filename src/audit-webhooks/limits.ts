/** The limits of audit webhooks. */

/** How often each node looks for deliveries that are due. */
export const deliveryRoundMs = 5_000;
/** How many messages a node sends at once, and how many of them to receivers that failed before. */
export const deliveriesAtOnceMax = 50;
export const failingDeliveriesAtOnceMax = 25;
/** A receiver with a longer turn is treated as one that failed: it waits for the slots of those receivers. */
export const slowTurnMs = 2_000;
/** How many slow receivers are remembered. The oldest is forgotten first. */
export const slowReceiversMax = 1_000;
/** How many messages a receiver gets in a row before others have their turn. */
export const messagesPerTurnMax = 20;

/** The size of one message. A single entry is sent whatever its size. */
export const entriesPerMessageMax = 50;
export const messageBytesMax = 262_144;
/** How many entries are searched for those that a receiver wants. */
export const entriesScannedMax = 200;

/** From the slot to the last byte of the response. */
export const deliveryMsMax = 10_000;
/** The same for a test, and the fixed duration of a test that reached no receiver, whatever the reason. */
export const testMsMax = 5_000;
export const unreachableTestMs = 5_500;
/** The body of the response is ignored, but a larger one makes the response invalid. */
export const answerBytesMax = 65_536;
/** How long a node has for a message before another node may send it: longer than any delivery. */
export const leaseMs = 25_000;

/**
 * The pause after the first failure. It doubles with each failure, up to a maximum, and is randomly shortened by up to
 * a half.
 */
export const firstPauseMs = 5_000;
export const longestPauseMs = 3_600_000;
/** A webhook is paused if its receiver has failed for this long. */
export const failingMsMax = 5 * 86_400_000;

export const secretBytes = 32;
