/** A known hole that the server may live with until a day, and why it cannot be reached meanwhile. */
export interface Accepted {
  /** As the registry names the advisory: `GHSA-…`. */
  readonly id: string;
  readonly why: string;
  /** The last day, as `2026-12-31`; thirty days from when it was found at most. */
  readonly until: string;
}

export const accepted: readonly Accepted[] = [];
