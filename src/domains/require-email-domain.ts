import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToObjectAlone } from '../access/access-to-object.ts';
import type { Action } from '../access/permissions.ts';
import type { Tx } from '../storage/database.ts';
import type { NamedDomain } from './deps.ts';
import { type EmailDomainRow, findEmailDomain, findOperatorDomainById } from './queries.ts';

/**
 * The named domain, if the caller may change it. Locks the organization, see `requireAccessAlone`.
 *
 * @throws `email_domain_not_found`, `permission_denied` or `token_invalid`; `email_domain_vouched` for a domain that
 *   the operator assigned.
 */
export async function requireEmailDomainAlone(
  tx: Tx,
  actor: Actor,
  { id, organizationId, action }: NamedDomain & { action: Action },
): Promise<EmailDomainRow> {
  const missing = 'email_domain_not_found';
  const find = async () => {
    const row = (await findEmailDomain(tx, id)) ?? (await findOperatorDomainById(tx, id));
    // If the caller also names an organization, it must be the domain's. Otherwise the domain looks unknown.
    if (row === undefined || (organizationId !== undefined && row.organization_id !== organizationId)) return undefined;
    return { ...row, organizationId: row.organization_id };
  };
  const found = await requireAccessToObjectAlone(tx, actor, { find, missing, subject: 'email-domains', action });
  if ('configured_organization' in found) throw appError('email_domain_vouched');
  return found;
}
