import { appError } from '../contract/errors.ts';
import type { Actor } from '../contract/actor.ts';
import { requireAccessToRow } from '../organizations/access-to-row.ts';
import type { Action } from '../organizations/permissions.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { NamedDomain } from './deps.ts';
import { type EmailDomainRow, findEmailDomain, findOperatorDomainById } from './queries.ts';

/**
 * The claim that a caller named, once it is sure that they may do to it what they want.
 *
 * @throws `email_domain_not_found` or `permission_denied`; `email_domain_vouched` for one that the operator vouches for.
 */
export async function requireEmailDomain(
  db: Db | Tx,
  actor: Actor,
  { id, organizationId, action }: NamedDomain & { action: Action },
): Promise<EmailDomainRow> {
  const missing = 'email_domain_not_found';
  const row = await findEmailDomain(db, id);
  const found = row ?? (await findOperatorDomainById(db, id));
  // An organization that is named besides must be the domain's: what is asked for does not exist in any other.
  if (organizationId !== undefined && found?.organization_id !== organizationId) throw appError(missing);
  await requireAccessToRow(db, actor, { row: found, missing, subject: 'email-domains', action });
  if (row === undefined) throw appError('email_domain_vouched');
  return row;
}
