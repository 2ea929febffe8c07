import type { Actor } from '../contract/actor.ts';
import type { EmailDomain } from '../contract/email-domains.ts';
import { emailDomainsPerOrganizationMax } from '../contract/limits.ts';
import { cutPage } from '../contract/page.ts';
import { requireAccess } from '../access/read-access.ts';
import type { DomainsDeps } from './deps.ts';
import { listEmailDomainRows, listOperatorDomainRows } from './queries.ts';
import { toEmailDomain, toVouchedEmailDomain } from './to-email-domain.ts';
import { bindVouchedDomains } from './vouched-domains.ts';

/**
 * A page of an organization's domains by name, after those that the operator assigned.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function listEmailDomains(
  deps: DomainsDeps,
  actor: Actor,
  { organizationId, ...page }: { organizationId?: string; offset?: number; limit?: number },
): Promise<{ emailDomains: EmailDomain[]; totalCount: number }> {
  const { db } = deps.database;
  const question = { organizationId, subject: 'email-domains', action: 'read' } as const;
  const organization = await requireAccess(deps.database, actor, question);
  const { vouched } = deps.domainSettings;
  await bindVouchedDomains(deps, vouched);
  const current = new Map(vouched.map(({ domain, named }) => [domain, named]));
  const bound = vouched.length === 0 ? [] : await listOperatorDomainRows(db);
  const ofOperator = bound.filter(
    (row) => row.organization_id === organization.id && current.get(row.domain) === row.configured_organization,
  );
  const claimed = await listEmailDomainRows(db, organization.id, emailDomainsPerOrganizationMax);
  const all = [...ofOperator.map(toVouchedEmailDomain), ...claimed.map(toEmailDomain)];
  const { rows: emailDomains, totalCount } = cutPage(all, page);
  return { emailDomains, totalCount };
}
