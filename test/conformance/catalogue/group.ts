/** One attack on the server, or one way to break the components below it. */
export interface HostileCase {
  /** `H` and three digits; never reused for another case. */
  readonly id: `H${number}`;
  /** The attack, in a few words. */
  readonly attack: string;
  /** The correct behavior of the server. */
  readonly expected: string;
  /**
   * The reason why no test covers the case: the server does not have the feature, or does not have it yet. A case
   * without a reason has at least one test whose title begins with its ID.
   */
  readonly outside?: Outside;
}

export interface Outside {
  /** `never`: out of scope. `later`: depends on a planned feature. `open`: should be covered, but no test proves it. */
  readonly when: 'never' | 'later' | 'open';
  readonly why: string;
}

/** A group of related cases. */
export interface CaseGroup {
  readonly letter: string;
  readonly title: string;
  readonly cases: readonly HostileCase[];
}
