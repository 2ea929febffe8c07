import { auditActor } from '../audit/append.ts';
import type { CreateEmailDomainBody, EmailDomain } from '../contract/email-domains.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { domainCodeLifetimeSeconds, emailDomainsPerOrganizationMax } from '../contract/limits.ts';
import { requireAccessAlone } from '../access/access.ts';
import type { Tx } from '../storage/database.ts';
import { requireClaimableDomain } from './claimable-domain.ts';
import type { Caller, DomainsDeps } from './deps.ts';
import { findVouchedOwner } from './owned-domains.ts';
import {
  changeEmailDomain,
  countEmailDomains,
  type EmailDomainRow,
  findDomainOf,
  insertEmailDomain,
} from './queries.ts';
import { isOwning } from './rules.ts';
import { toEmailDomain } from './to-email-domain.ts';

const codeBytes = 20;

/**
 * Adds a domain to an organization, with a code for DNS. It does not reveal whether another organization has added or
 * owns the domain: anyone may add any domain, which has no effect until it is verified. If the code of the
 * organization's domain has expired, this creates a new code.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `email_domain_exists` or `limit_reached`.
 */
export async function createEmailDomain(
  deps: DomainsDeps,
  { actor, clientInfo, body }: Caller & { body: CreateEmailDomainBody },
): Promise<EmailDomain> {
  const question = { organizationId: body.organizationId, subject: 'email-domains', action: 'create' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const domain = requireClaimableDomain(body.domain);
    await requireNotVouched(deps, tx, { organizationId, domain });
    const present = await findDomainOf(tx, organizationId, domain);
    const row =
      present === undefined
        ? await addClaim(deps, tx, { organizationId, domain })
        : await renewClaim(deps, tx, present);
    const type = present === undefined ? 'email-domain-create' : 'email-domain-renew-code';
    const event = { type, metadata: { emailDomainId: row.id, domain } } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
    return toEmailDomain(row);
  });
}

interface Claim {
  readonly organizationId: OrganizationId;
  readonly domain: string;
}

async function requireNotVouched(
  { domainSettings }: DomainsDeps,
  tx: Tx,
  { organizationId, domain }: Claim,
): Promise<void> {
  const named = domainSettings.vouched.find((row) => row.domain === domain)?.named;
  if (named !== undefined && (await findVouchedOwner(tx, domain, named)) === organizationId) {
    throw appError('email_domain_exists');
  }
}

async function addClaim(deps: DomainsDeps, tx: Tx, { organizationId, domain }: Claim): Promise<EmailDomainRow> {
  if ((await countEmailDomains(tx, organizationId)) >= emailDomainsPerOrganizationMax) throw appError('limit_reached');
  const nowMs = deps.clock.nowMs();
  const row: EmailDomainRow = {
    id: deps.random.uuid(),
    organization_id: organizationId,
    domain,
    status: 'pending',
    ...newRecord(deps, domain),
    verified_at: null,
    last_seen_at: null,
    last_checked_at: null,
    grace_ends_at: null,
    next_check_at: null,
    revision: 1,
    created_at: nowMs,
    updated_at: nowMs,
  };
  if (!(await insertEmailDomain(tx, row))) throw appError('email_domain_exists');
  return row;
}

async function renewClaim(deps: DomainsDeps, tx: Tx, present: EmailDomainRow): Promise<EmailDomainRow> {
  const nowMs = deps.clock.nowMs();
  const isExpired = !isOwning(present.status) && (present.code_expires_at ?? 0) <= nowMs;
  if (!isExpired) throw appError('email_domain_exists');
  const record = newRecord(deps, present.domain);
  const renewed = await changeEmailDomain(tx, present, {
    ...record,
    status: 'pending',
    verified_at: null,
    last_seen_at: null,
    updated_at: nowMs,
  });
  if (renewed === undefined) throw appError('email_domain_changed');
  return renewed;
}

function newRecord({ clock, random, domainSettings }: DomainsDeps, domain: string) {
  return {
    record_name: `${domainSettings.recordLabel}.${domain}`,
    record_value: `${domainSettings.recordPrefix}${random.bytes(codeBytes).toString('hex')}`,
    code_expires_at: clock.nowMs() + domainCodeLifetimeSeconds * 1000,
  };
}
