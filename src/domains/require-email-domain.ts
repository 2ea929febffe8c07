import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToRowAlone } from '../organizations/access-to-row.ts';
import type { Action } from '../organizations/permissions.ts';
import type { Tx } from '../storage/database.ts';
import type { NamedDomain } from './deps.ts';
import { type EmailDomainRow, findEmailDomain, findOperatorDomainById } from './queries.ts';

/**
 * The claim that a caller named, if they may change it. The organization is locked from then on, see
 * `requireAccessAlone`.
 *
 * @throws `email_domain_not_found`, `permission_denied` or `token_invalid`; `email_domain_vouched` for one that the
 * operator vouches for.
 */
export async function requireEmailDomainAlone(
  tx: Tx,
  actor: Actor,
  { id, organizationId, action }: NamedDomain & { action: Action },
): Promise<EmailDomainRow> {
  const missing = 'email_domain_not_found';
  const find = async () => {
    const row = (await findEmailDomain(tx, id)) ?? (await findOperatorDomainById(tx, id));
    // An organization that is named besides must be the domain's: what is asked for does not exist in any other.
    return organizationId !== undefined && row?.organization_id !== organizationId ? undefined : row;
  };
  const found = await requireAccessToRowAlone(tx, actor, { find, missing, subject: 'email-domains', action });
  if ('configured_organization' in found) throw appError('email_domain_vouched');
  return found;
}
