/** A known vulnerability that is accepted until a date, with the reason why it cannot be exploited meanwhile. */
export interface Accepted {
  /** The registry's ID of the advisory: `GHSA-…`. */
  readonly id: string;
  readonly why: string;
  /** The last day, as `2026-12-31`; at most thirty days after the discovery. */
  readonly until: string;
}

export const accepted: readonly Accepted[] = [];
