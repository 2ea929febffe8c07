/** The time limits of key rotation. */

/** How often a node reads the keys again. */
export const keysReadSeconds = 30;
/** How long every node knows a data key before a node seals with it. Far longer than {@link keysReadSeconds}. */
export const dataKeyLeadSeconds = 300;
/**
 * How long a data key that seals no row is kept for what it sealed outside the database: sign-ins in progress, which
 * last up
 * to ten minutes.
 */
export const dataKeyKeptSeconds = 3600;
/** How many values one transaction reseals. */
export const resealBatchMax = 100;
