import { createHash } from 'node:crypto';

/** The client that every organization has at its issuer. The fake identity provider refuses any other. */
export const client = { id: 'bench-client', secret: 'bench-client-secret-7f3a91c2' } as const;

/** The slug of organization number `n`, counted from 0. */
export function slugOf(n: number): string {
  return `org-${n}`;
}

/** The domain of the addresses of organization `n`'s people. */
export function domainOf(n: number): string {
  return `${slugOf(n)}.example`;
}

/** The issuer of organization `n`: all issuers live at one fake identity provider and differ in their path. */
export function issuerOf(idpOrigin: string, n: number): string {
  return `${idpOrigin}/t/${n}`;
}

/** The `sub` that the issuer of organization `n` gives to a person. */
export function subjectOf(n: number, person: string): string {
  return `sub-${n}-${person}`;
}

/** The address of a person of organization `n`. */
export function emailOf(n: number, person: string): string {
  return `${person}@${domainOf(n)}`;
}

/** The name of the `k`th person whom every subject knows before the first measured sign-in. */
export function knownPerson(k: number): string {
  return `known${k}`;
}

/**
 * A UUID that is always the same for the same text, with the bits of version 4, so that the rows of a seeded database
 * lie in its indexes as scattered as random identifiers do.
 */
export function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The identifier that organization `n` gets when Sallyport's database is seeded. */
export function organizationIdOf(n: number): string {
  return stableUuid(`organization ${n}`);
}

/** How many organizations there are, how many of them people sign in to, and how many people each one knows. */
export interface Population {
  readonly organizations: number;
  /** Evenly spread over all organizations; the others exist but nobody comes from them, except in the cold phase. */
  readonly active: number;
  readonly knownPeoplePerOrganization: number;
}

/** At least a thousand known people, so that concurrent sign-ins are of different people at every size. */
export function populationOf(organizations: number, activeMax: number): Population {
  return {
    organizations,
    active: Math.min(organizations, activeMax),
    knownPeoplePerOrganization: Math.max(1, Math.ceil(1000 / organizations)),
  };
}

/** Who signs in: someone known, someone new, or someone known of an organization that no one has come from yet. */
export type Crowd = 'known' | 'new' | 'cold';

export interface Visitor {
  readonly organization: number;
  readonly person: string;
}

/** The `ticket`th visitor of a crowd. Tickets that differ give people who differ, until a small crowd starts over. */
export function visitor(population: Population, crowd: Crowd, ticket: number): Visitor {
  const stride = Math.floor(population.organizations / population.active);
  const home = (ticket % population.active) * stride;
  const turn = Math.floor(ticket / population.active);
  switch (crowd) {
    case 'known':
      return { organization: home, person: knownPerson(turn % population.knownPeoplePerOrganization) };
    case 'new':
      return { organization: home, person: `new${ticket}` };
    case 'cold':
      return { organization: home + 1 + (turn % (stride - 1)), person: knownPerson(0) };
    default:
      return crowd satisfies never;
  }
}

/** How many sign-ins of the cold crowd there can be before an organization comes a second time. */
export function coldVisitorsMax(population: Population): number {
  const stride = Math.floor(population.organizations / population.active);
  return population.active * (stride - 1);
}
