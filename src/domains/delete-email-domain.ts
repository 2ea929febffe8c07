import { auditActor } from '../audit/append.ts';
import type { EmailDomain } from '../contract/email-domains.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, DomainsDeps, NamedDomain } from './deps.ts';
import { deleteEmailDomainRow } from './queries.ts';
import { requireEmailDomainAlone } from './require-email-domain.ts';
import { toEmailDomain } from './to-email-domain.ts';

/**
 * Deletes a domain, with immediate effect on sign-ins and account linking. If it is added again, it gets another code,
 * so the old DNS record does not verify it.
 *
 * @throws `email_domain_not_found`, `email_domain_vouched` or `permission_denied`.
 */
export async function deleteEmailDomain(
  { database, audit }: DomainsDeps,
  { actor, clientInfo, named }: Caller & { named: NamedDomain },
): Promise<EmailDomain> {
  return database.transaction(async (tx) => {
    const row = await requireEmailDomainAlone(tx, actor, { ...named, action: 'delete' });
    // Two callers may have found the row, but only one of them deletes it.
    if (!(await deleteEmailDomainRow(tx, row.id))) throw appError('email_domain_not_found');
    const { id: emailDomainId, domain, status } = row;
    await audit(tx, {
      organizationId: asId<OrganizationId>(row.organization_id),
      actor: auditActor(actor),
      event: { type: 'email-domain-delete', metadata: { emailDomainId, domain, status } },
      clientInfo,
    });
    return toEmailDomain(row);
  });
}
