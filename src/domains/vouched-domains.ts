import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { findOrganization, lockOrganizations } from '../access/queries.ts';
import { byServer } from './by-server.ts';
import { findVouchedOwner } from './owned-domains.ts';
import { bindOperatorDomain, findOperatorDomain, listOperatorDomainRows } from './queries.ts';

/** A domain that the operator assigned. `named` is the id of its organization, or its slug when first seen. */
export interface VouchedDomain {
  readonly domain: string;
  readonly named: string;
}

interface BindDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Resolves the organizations in the operator's settings as soon as they exist, and stores their ids. From then on, an
 * organization that gives its slug up keeps the domain, and the next one with that slug gets nothing.
 */
export async function bindVouchedDomains(deps: BindDeps, vouched: readonly VouchedDomain[]): Promise<void> {
  if (vouched.length === 0) return;
  const { db } = deps.database;
  const bound = new Map((await listOperatorDomainRows(db)).map((row) => [row.domain, row.configured_organization]));
  for (const { domain, named } of vouched) {
    if (bound.get(domain) === named) continue;
    const ownerId = await findVouchedOwner(db, domain, named);
    if (ownerId === undefined) continue;
    const organizationId = asId<OrganizationId>(ownerId);
    if ((await findOrganization(db, organizationId)) === undefined) continue;
    await bind(deps, { domain, named, organizationId });
  }
}

async function bind(
  { database, audit, clock, random }: BindDeps,
  { domain, named, organizationId }: VouchedDomain & { organizationId: OrganizationId },
): Promise<void> {
  const row = {
    id: random.uuid(),
    domain,
    configured_organization: named,
    organization_id: organizationId,
    bound_at: clock.nowMs(),
  };
  await database.transaction(async (tx) => {
    const previous = (await findOperatorDomain(tx, domain))?.organization_id;
    await lockOrganizations(tx, [organizationId, asId<OrganizationId>(previous ?? organizationId)]);
    // Another organization may have got the slug since the lookup.
    if ((await findVouchedOwner(tx, domain, named)) !== organizationId) return;
    // Several nodes may start at once; one of them writes.
    if (!(await bindOperatorDomain(tx, row))) return;
    const event = { type: 'email-domain-vouch', metadata: { emailDomainId: row.id, domain } } as const;
    await audit(tx, { organizationId, ...byServer, event });
  });
}
