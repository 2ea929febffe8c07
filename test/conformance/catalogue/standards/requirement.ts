/** What a standard asks of a server like this one: its number there, the demand, how it stands, and what shows that. */
export type Requirement = readonly [
  section: string,
  asks: string,
  state: 'met' | 'not met' | 'not ours',
  /** The cases or modules that show it, or why it is not met or not ours. A case that shows a met one must be held. */
  evidence: string,
];
