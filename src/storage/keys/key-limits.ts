/** How the server changes its keys: every span of time, by name. */

/** How often a node reads the tables of keys again. */
export const keysReadSeconds = 30;
/** A data key is known to every node for so long before the first seals with it. Far longer than {@link keysReadSeconds}. */
export const dataKeyLeadSeconds = 300;
/**
 * A data key that seals no row any more is kept for so long, for what it sealed outside the database: sign-ins that
 * are under way, which last ten minutes.
 */
export const dataKeyKeptSeconds = 3600;
/** Sealed values that are sealed anew in one transaction. */
export const resealBatchMax = 100;
