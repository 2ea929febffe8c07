import type { Clock } from '../kernel/clock.ts';
import { isIdentifier } from '../organizations/identifier.ts';
import type { Db, Tx } from '../storage/database.ts';
import { findOperatorDomain, findOrganizationIdBySlug, findOwnerId } from './queries.ts';
import type { VouchedDomain } from './vouched-domains.ts';

/** Which organization has proved that it owns a domain. An address alone means something only there. */
export interface OwnedDomains {
  /**
   * The id of the organization that owns a domain, in lower-case A-labels; `undefined` when nobody has proved it. Only
   * that name itself: neither what is above it nor what is below. What is written because of it is decided in `tx`.
   */
  ownerOf(db: Db | Tx, domain: string): Promise<string | undefined>;
}

/** The operator's word first, then what was proved through DNS. One indexed query either way. */
export function createOwnedDomains(vouched: readonly VouchedDomain[], clock: Clock): OwnedDomains {
  const names = new Map(vouched.map(({ domain, named }) => [domain, named]));
  return {
    ownerOf: async (db, domain) => {
      const named = names.get(domain);
      return named === undefined ? findOwnerId(db, domain, clock.nowMs()) : findVouchedOwner(db, domain, named);
    },
  };
}

/** The organization that the operator means; `undefined` as long as there is none of that slug. */
export async function findVouchedOwner(db: Db | Tx, domain: string, named: string): Promise<string | undefined> {
  if (isIdentifier(named)) return named;
  const bound = await findOperatorDomain(db, domain);
  return bound?.configured_organization === named ? bound.organization_id : findOrganizationIdBySlug(db, named);
}
