/** Limits of work that takes a large part of a second of CPU time: password hashes and key pairs. */

/** Requests that may wait for one kind of work, in total and per caller. One more runs. */
export const waitingMax = 12;
export const waitingPerCallerMax = 3;
/** How long an idle thread is kept. */
export const threadIdleMs = 10_000;
/** How long the work of a caller counts against its next turns. */
export const usesRememberedMs = 60_000;
/** The niceness of a thread for costly work, on Linux: about a tenth of the main thread's CPU share. */
export const threadNiceness = 10;
