import type { EmailDomainLapse } from '../contract/audit-reasons.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { domainCodeLifetimeSeconds } from '../contract/limits.ts';
import type { AuditActor, AuditEvent } from '../audit/events.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { lockOrganization } from '../access/queries.ts';
import type { DomainsDeps } from './deps.ts';
import { recheckMs } from './limits.ts';
import { changeEmailDomain, type EmailDomainRow } from './queries.ts';
import { type Finding, planCheck, spread } from './rules.ts';

/** The actor of the check, for the audit trail. */
export interface Looker {
  readonly actor: AuditActor;
  readonly clientInfo: ClientInfo;
}

/** Writes the result of checking a verified domain; `undefined` if the row has changed since it was read. */
export async function applyCheck(
  deps: DomainsDeps,
  tx: AuditedTx,
  { row, finding, looker }: { row: EmailDomainRow; finding: Finding; looker: Looker },
): Promise<EmailDomainRow | undefined> {
  const nowMs = deps.clock.nowMs();
  const proved = {
    status: row.status,
    lastSeenMs: row.last_seen_at ?? row.created_at,
    graceEndsMs: row.grace_ends_at ?? undefined,
  };
  const plan = planCheck(proved, finding, nowMs);
  switch (plan.kind) {
    case 'keep':
      return changeEmailDomain(tx, row, { last_checked_at: nowMs, next_check_at: plan.nextCheckMs });
    case 'stand': {
      const changed = await changeEmailDomain(tx, row, standing(deps, nowMs));
      if (row.status === 'grace') await tell(deps, tx, { row: changed, looker, type: 'email-domain-restore' });
      return changed;
    }
    case 'begin-grace': {
      const changed = await changeEmailDomain(tx, row, {
        status: 'grace',
        grace_ends_at: plan.graceEndsMs,
        last_checked_at: nowMs,
        next_check_at: plan.nextCheckMs,
        updated_at: nowMs,
      });
      const metadata = { ...factOf(row), finding, graceEndsAt: new Date(plan.graceEndsMs).toISOString() };
      const event = { type: 'email-domain-grace', metadata } as const;
      if (changed !== undefined) await append(deps, tx, { row, looker, event });
      return changed;
    }
    case 'lapse':
      return lapse(deps, tx, { row, looker, reason: 'record_missing' });
    default:
      return plan satisfies never;
  }
}

/** Makes a domain verified whose record was found; `undefined` if the row has changed since it was read. */
export async function applyProof(
  deps: DomainsDeps,
  tx: AuditedTx,
  { row, looker }: { row: EmailDomainRow; looker: Looker },
): Promise<EmailDomainRow | undefined> {
  const nowMs = deps.clock.nowMs();
  const change = { ...standing(deps, nowMs), code_expires_at: null, verified_at: nowMs, updated_at: nowMs };
  const changed = await changeEmailDomain(tx, row, change);
  await tell(deps, tx, { row: changed, looker, type: 'email-domain-verify' });
  return changed;
}

/** Ends a verification. The same code can verify the domain again for a while. */
export async function lapse(
  deps: DomainsDeps,
  tx: AuditedTx,
  { row, looker, reason }: { row: EmailDomainRow; looker: Looker; reason: EmailDomainLapse },
): Promise<EmailDomainRow | undefined> {
  // A sign-in that links an account by this domain either committed before, or finds the domain lapsed.
  await lockOrganization(tx, asId<OrganizationId>(row.organization_id));
  const nowMs = deps.clock.nowMs();
  const changed = await changeEmailDomain(tx, row, {
    status: 'lapsed',
    grace_ends_at: null,
    next_check_at: null,
    last_checked_at: nowMs,
    code_expires_at: nowMs + domainCodeLifetimeSeconds * 1000,
    updated_at: nowMs,
  });
  const metadata = { ...factOf(row), reason };
  if (changed !== undefined) await append(deps, tx, { row, looker, event: { type: 'email-domain-lapse', metadata } });
  return changed;
}

function standing({ random }: DomainsDeps, nowMs: number) {
  const chance = random.bytes(1).readUInt8() / 256;
  return {
    status: 'verified',
    last_seen_at: nowMs,
    last_checked_at: nowMs,
    grace_ends_at: null,
    next_check_at: spread(nowMs + recheckMs, nowMs, chance),
    updated_at: nowMs,
  } as const;
}

async function tell(
  deps: DomainsDeps,
  tx: AuditedTx,
  {
    row,
    looker,
    type,
  }: { row: EmailDomainRow | undefined; looker: Looker; type: 'email-domain-restore' | 'email-domain-verify' },
): Promise<void> {
  if (row !== undefined) await append(deps, tx, { row, looker, event: { type, metadata: factOf(row) } });
}

async function append(
  { audit }: DomainsDeps,
  tx: AuditedTx,
  { row, looker, event }: { row: EmailDomainRow; looker: Looker; event: AuditEvent },
): Promise<void> {
  await audit(tx, { organizationId: asId<OrganizationId>(row.organization_id), ...looker, event });
}

/** The fields of a domain in every audit event. */
export function factOf({ id, domain }: EmailDomainRow): { emailDomainId: string; domain: string } {
  return { emailDomainId: id, domain };
}
