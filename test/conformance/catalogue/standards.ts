/** What a standard asks of a server like this one. */
export interface Requirement {
  readonly standard: 'OpenID Connect Core 3.1.3.7' | 'RFC 9700' | 'OWASP ASVS 5.0' | 'NIST SP 800-63C-4';
  /** Its number there. */
  readonly section: string;
  readonly asks: string;
  readonly state: 'met' | 'not met' | 'not ours';
  /** The cases or modules that show it, or why it is not met or not ours. */
  readonly evidence: string;
}

/** The requirements that we hold ourselves to, standard by standard. */
export const requirements: readonly Requirement[] = [];
