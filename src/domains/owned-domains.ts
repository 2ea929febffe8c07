/** Which organization has proved that it owns a domain. An address alone means something only there. */
export interface OwnedDomains {
  /** The slug of the organization that owns a domain, in lower-case A-labels; `undefined` when nobody has proved it. */
  ownerOf(domain: string): string | undefined;
}

/** Domains that the operator vouches for, each with the slug of its organization. */
export function createOwnedDomains(verified: readonly { domain: string; organizationSlug: string }[]): OwnedDomains {
  const owners = new Map(verified.map(({ domain, organizationSlug }) => [domain, organizationSlug]));
  return { ownerOf: (domain) => owners.get(domain) };
}
