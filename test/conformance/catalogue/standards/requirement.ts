/** A requirement of a standard: its section, its text, whether the server meets it, and the evidence. */
export type Requirement = readonly [
  section: string,
  asks: string,
  state: 'met' | 'not met' | 'out of scope',
  /**
   * The cases or modules that prove it, or why it is not met or out of scope. A case that proves a met requirement must
   * be covered.
   */
  evidence: string,
];
