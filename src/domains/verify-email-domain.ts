import { auditActor } from '../audit/append.ts';
import type { EmailDomain } from '../contract/email-domains.ts';
import { appError, type ErrorCode } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { lockOrganizations } from '../access/queries.ts';
import { violatedConstraint } from '../storage/constraint.ts';
import type { Tx } from '../storage/database.ts';
import { applyCheck, applyProof, factOf, lapse, type Looker } from './apply-check.ts';
import { byServer } from './by-server.ts';
import type { Caller, DomainsDeps, NamedDomain } from './deps.ts';
import { verifyPauseMs } from './limits.ts';
import { findVouchedOwner } from './owned-domains.ts';
import { claimLook, type EmailDomainRow, findEmailDomain, findHolder } from './queries.ts';
import { requireEmailDomainAlone } from './require-email-domain.ts';
import { type Finding, isOwning, judge } from './rules.ts';
import { toEmailDomain } from './to-email-domain.ts';
import type { Turnstile } from './turnstile.ts';

/**
 * Checks a domain's record now. The DNS query is made outside of any transaction and may take seconds. The result is
 * therefore written only to the rows that the query was about, if they are unchanged, and only if the caller still has
 * the permission.
 *
 * @throws what {@link requireEmailDomain} throws; `email_domain_code_expired`, `email_domain_checked_recently`,
 * `email_domain_record_missing`, `_wrong` or `_alias`, `email_domain_taken`, `email_domain_vouched`,
 * `email_domain_changed` or `dns_unavailable`.
 */
export async function verifyEmailDomain(
  deps: DomainsDeps,
  { actor, clientInfo, named, turnstile }: Caller & { named: NamedDomain; turnstile: Turnstile },
): Promise<EmailDomain> {
  const row = await takeTurn(deps, { actor, clientInfo, named });
  const leave = turnstile.enter(row.organization_id);
  if (leave === undefined) throw appError('email_domain_checked_recently');
  try {
    const finding = judge(await deps.lookupTxt(row.record_name), row.record_value);
    if (finding === 'unclear') throw appError('dns_unavailable');
    const look = { row, finding, caller: { actor, clientInfo }, named };
    return toEmailDomain(isOwning(row.status) ? await lookAgain(deps, look) : await prove(deps, look));
  } finally {
    leave();
  }
}

interface Look {
  readonly row: EmailDomainRow;
  readonly finding: Finding;
  readonly caller: Caller;
  readonly named: NamedDomain;
}

/** Checks the caller's permission again after the DNS query, and returns the actor of the change. */
async function requireStillAllowed(tx: Tx, { caller: { actor, clientInfo }, named }: Look): Promise<Looker> {
  await requireEmailDomainAlone(tx, actor, { ...named, action: 'edit' });
  return { actor: auditActor(actor), clientInfo };
}

async function takeTurn(deps: DomainsDeps, { actor, named }: Caller & { named: NamedDomain }): Promise<EmailDomainRow> {
  return deps.database.transaction(async (tx) => {
    const row = await requireEmailDomainAlone(tx, actor, { ...named, action: 'edit' });
    const nowMs = deps.clock.nowMs();
    if (!isOwning(row.status) && (row.code_expires_at ?? 0) <= nowMs) throw appError('email_domain_code_expired');
    const hasTurn = await claimLook(tx, row.id, { nowMs, pauseMs: verifyPauseMs });
    if (!hasTurn) {
      const isThere = (await findEmailDomain(tx, row.id)) !== undefined;
      throw appError(isThere ? 'email_domain_checked_recently' : 'email_domain_not_found');
    }
    return row;
  });
}

async function lookAgain(deps: DomainsDeps, look: Look): Promise<EmailDomainRow> {
  const { row, finding } = look;
  const changed = await deps.database.transaction(async (tx) =>
    applyCheck(deps, tx, { row, finding, looker: await requireStillAllowed(tx, look) }),
  );
  if (changed === undefined) throw appError('email_domain_changed');
  return changed;
}

async function prove(deps: DomainsDeps, look: Look): Promise<EmailDomainRow> {
  const { row, finding } = look;
  if (finding !== 'proved') throw await failedProof(deps, look, finding);
  const holder = await findHolder(deps.database.db, row.domain);
  if (holder !== undefined) await requireGone(deps, holder);
  try {
    return await deps.database.transaction(async (tx) => {
      const owners = [row, ...(holder === undefined ? [] : [holder])];
      await lockOrganizations(
        tx,
        owners.map(({ organization_id: id }) => asId<OrganizationId>(id)),
      );
      const looker = await requireStillAllowed(tx, look);
      await requireNotVouched(deps, tx, row);
      if (holder !== undefined) {
        // The owner of the domain's DNS removed the old record and created this one.
        const moved = await lapse(deps, tx, { row: holder, looker: byAnother, reason: 'verified_elsewhere' });
        if (moved === undefined) throw appError('email_domain_changed');
      }
      const proved = await applyProof(deps, tx, { row, looker });
      if (proved === undefined) throw appError('email_domain_changed');
      return proved;
    });
  } catch (thrown) {
    if (violatedConstraint(thrown) === 'unique') throw appError('email_domain_changed', { cause: thrown });
    throw thrown;
  }
}

// An organization does not learn which organization took its domain over.
const byAnother: Looker = byServer;

async function requireNotVouched({ domainSettings }: DomainsDeps, tx: Tx, row: EmailDomainRow): Promise<void> {
  const named = domainSettings.vouched.find(({ domain }) => domain === row.domain)?.named;
  if (named === undefined) return;
  const ownerId = await findVouchedOwner(tx, row.domain, named);
  if (ownerId !== undefined) throw appError('email_domain_vouched');
}

// A second verification does not override a valid one, because someone who can write one record may not own the domain.
async function requireGone({ lookupTxt }: DomainsDeps, holder: EmailDomainRow): Promise<void> {
  const finding = judge(await lookupTxt(holder.record_name), holder.record_value);
  if (finding === 'proved') throw appError('email_domain_taken');
  if (finding === 'unclear') throw appError('dns_unavailable');
}

async function failedProof({ database, audit }: DomainsDeps, look: Look, finding: keyof typeof refusals) {
  const { row } = look;
  await database.transaction(async (tx) => {
    const looker = await requireStillAllowed(tx, look);
    const event = { type: 'email-domain-verify-failed', metadata: { ...factOf(row), finding } } as const;
    await audit(tx, { organizationId: asId<OrganizationId>(row.organization_id), ...looker, event });
  });
  return appError(refusals[finding]);
}

const refusals = {
  missing: 'email_domain_record_missing',
  wrong: 'email_domain_record_wrong',
  alias: 'email_domain_record_alias',
  unclear: 'dns_unavailable',
} as const satisfies Record<Exclude<Finding, 'proved'>, ErrorCode>;
