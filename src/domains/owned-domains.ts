import type { Clock } from '../kernel/clock.ts';
import { isIdentifier } from '../contract/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import { findOperatorDomain, findOrganizationIdBySlug, findOwnerId } from './queries.ts';
import type { VouchedDomain } from './vouched-domains.ts';

/** Finds the organization that owns a domain. */
export interface OwnedDomains {
  /**
   * The id of the organization that owns exactly this domain, in lower-case A-labels; `undefined` if it is unverified.
   * A write that depends on the result uses the same `tx`.
   */
  ownerOf(db: Db | Tx, domain: string): Promise<string | undefined>;
}

/** The operator's setting takes precedence over DNS. Either way it is one indexed query. */
export function createOwnedDomains(vouched: readonly VouchedDomain[], clock: Clock): OwnedDomains {
  const names = new Map(vouched.map(({ domain, named }) => [domain, named]));
  return {
    ownerOf: async (db, domain) => {
      const named = names.get(domain);
      return named === undefined ? findOwnerId(db, domain, clock.nowMs()) : findVouchedOwner(db, domain, named);
    },
  };
}

/** The organization that the operator named; `undefined` while the slug does not exist. */
export async function findVouchedOwner(db: Db | Tx, domain: string, named: string): Promise<string | undefined> {
  if (isIdentifier(named)) return named;
  const bound = await findOperatorDomain(db, domain);
  return bound?.configured_organization === named ? bound.organization_id : findOrganizationIdBySlug(db, named);
}
