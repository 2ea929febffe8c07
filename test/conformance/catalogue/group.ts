/** One way to attack the server, or to break beneath it. */
export interface HostileCase {
  /** `H` and three digits; never given to another case. */
  readonly id: `H${number}`;
  /** What is done to the server, in a few words. */
  readonly attack: string;
  /** What a correct server does then. */
  readonly expected: string;
  /**
   * Why no test holds the server to it: it is about something that the server does not do, or does not do yet. A case
   * without one has at least one test whose title begins with its id.
   */
  readonly outside?: Outside;
}

export interface Outside {
  /** `never`: not this server's business. `later`: with the feature that it is about. `open`: it ought to hold, and nothing proves it. */
  readonly when: 'never' | 'later' | 'open';
  readonly why: string;
}

/** Cases that belong together. */
export interface CaseGroup {
  readonly letter: string;
  readonly title: string;
  readonly cases: readonly HostileCase[];
}
