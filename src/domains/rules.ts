import type { EmailDomainStatus } from '../contract/email-domains.ts';
import { domainGraceSeconds, domainSilenceSecondsMax } from '../contract/limits.ts';
import { recheckMs, recheckSoonMs } from './limits.ts';
import type { TxtAnswer } from './txt-lookup.ts';

/** The meaning of a DNS answer for one domain. Only `proved` verifies it. */
export type Finding = 'proved' | 'missing' | 'wrong' | 'alias' | 'unclear';

/** Compares the DNS answer with the expected value. */
export function judge(answer: TxtAnswer, recordValue: string): Finding {
  switch (answer.kind) {
    case 'records':
      return answer.values.some((value) => bare(value) === bare(recordValue)) ? 'proved' : 'wrong';
    case 'none':
      return 'missing';
    case 'alias':
      return 'alias';
    case 'unclear':
      return 'unclear';
    default:
      return answer satisfies never;
  }
}

// Control panels add quotes and spaces around values and change letter case. The code has enough entropy without case.
function bare(value: string): string {
  return value
    .trim()
    .replace(/^"([^]*)"$/, '$1')
    .trim()
    .toLowerCase();
}

/** Whether a domain with this status counts as owned. `grace` does until its end. */
export function isOwning(status: EmailDomainStatus): boolean {
  return status === 'verified' || status === 'grace';
}

/** A domain that was verified before, as far as the decision needs it. */
export interface ProvedDomain {
  readonly status: EmailDomainStatus;
  readonly lastSeenMs: number;
  readonly graceEndsMs: number | undefined;
}

/** The next state of a domain that was verified before. */
export type CheckPlan =
  | { readonly kind: 'keep'; readonly nextCheckMs: number }
  | { readonly kind: 'stand'; readonly nextCheckMs: number }
  | { readonly kind: 'begin-grace'; readonly graceEndsMs: number; readonly nextCheckMs: number }
  | { readonly kind: 'lapse' };

/**
 * Decides by a DNS query for the record. DNS without an answer does not count as a missing record for two weeks. A
 * grace period ends only with the record, or at its end.
 */
export function planCheck(domain: ProvedDomain, finding: Finding, nowMs: number): CheckPlan {
  if (finding === 'proved') return { kind: 'stand', nextCheckMs: nowMs + recheckMs };
  const soonMs = nowMs + recheckSoonMs;
  if (domain.status === 'grace') {
    const graceEndsMs = domain.graceEndsMs ?? 0;
    if (nowMs >= graceEndsMs) return { kind: 'lapse' };
    return { kind: 'keep', nextCheckMs: Math.min(soonMs, graceEndsMs) };
  }
  const isSilentTooLong = nowMs - domain.lastSeenMs >= domainSilenceSecondsMax * 1000;
  if (finding === 'unclear' && !isSilentTooLong) return { kind: 'keep', nextCheckMs: soonMs };
  return { kind: 'begin-grace', graceEndsMs: nowMs + domainGraceSeconds * 1000, nextCheckMs: soonMs };
}

/** Spreads a time by a tenth of the interval, so that domains that were added together are not checked together. */
export function spread(nextMs: number, nowMs: number, chance: number): number {
  const tenth = (nextMs - nowMs) / 10;
  return Math.round(nextMs - tenth * chance);
}
