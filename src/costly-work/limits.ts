/** Limits of work that takes a large part of a second of CPU: password hashes and key pairs. */

/** Requests that may wait for one kind of work, in all and of one caller. One more is running. */
export const waitingMax = 12;
export const waitingPerCallerMax = 3;
/** The thread of one kind of work ends after it had nothing to do for this long. */
export const threadIdleMs = 10_000;
/** The work of a caller counts against that caller's next turns for this long. */
export const usesRememberedMs = 60_000;
/** Niceness of a thread that does costly work, on Linux: about a tenth of the CPU share of the main thread. */
export const threadNiceness = 10;
