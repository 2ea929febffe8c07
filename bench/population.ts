import { createHash } from 'node:crypto';

/** The client that every organization has at its issuer. The fake identity provider rejects any other. */
export const client = { id: 'bench-client', secret: 'bench-client-secret-7f3a91c2' } as const;

/** The slug of organization number `n`, counted from 0. */
export function slugOf(n: number): string {
  return `org-${n}`;
}

/** The e-mail domain of organization `n`. */
export function domainOf(n: number): string {
  return `${slugOf(n)}.example`;
}

/** The issuer of organization `n`: all issuers are at one fake identity provider and differ in their path. */
export function issuerOf(idpOrigin: string, n: number): string {
  return `${idpOrigin}/t/${n}`;
}

/** The `sub` of a user at the issuer of organization `n`. */
export function subjectOf(n: number, person: string): string {
  return `sub-${n}-${person}`;
}

/** The e-mail address of a user of organization `n`. */
export function emailOf(n: number, person: string): string {
  return `${person}@${domainOf(n)}`;
}

/** The name of the `k`th user whom every subject knows before the first measured sign-in. */
export function knownPerson(k: number): string {
  return `known${k}`;
}

/**
 * A UUID that is always the same for the same text, with the bits of version 4, so that the rows of a seeded database
 * are as scattered
 * in its indexes as rows with random ids.
 */
export function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The id of organization `n` in Sallyport's seeded database. */
export function organizationIdOf(n: number): string {
  return stableUuid(`organization ${n}`);
}

/** How many organizations there are, how many of them have sign-ins, and how many users each one knows. */
export interface Population {
  readonly organizations: number;
  /** Evenly spread over all organizations. The others exist but have no sign-ins, except in the cold phase. */
  readonly active: number;
  readonly knownPeoplePerOrganization: number;
}

/** At least a thousand known users, so that concurrent sign-ins are of different users at every size. */
export function populationOf(organizations: number, activeMax: number): Population {
  return {
    organizations,
    active: Math.min(organizations, activeMax),
    knownPeoplePerOrganization: Math.max(1, Math.ceil(1000 / organizations)),
  };
}

/** Who signs in: a known user, a new user, or a known user of an organization without a sign-in so far. */
export type Crowd = 'known' | 'new' | 'cold';

export interface Visitor {
  readonly organization: number;
  readonly person: string;
}

/** The `ticket`th visitor of a crowd. Different tickets give different users, until a small crowd starts over. */
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

/** How many sign-ins the cold crowd has before an organization has a second one. */
export function coldVisitorsMax(population: Population): number {
  const stride = Math.floor(population.organizations / population.active);
  return population.active * (stride - 1);
}
