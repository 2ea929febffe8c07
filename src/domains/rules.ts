import type { EmailDomainStatus } from '../contract/email-domains.ts';
import { domainGraceSeconds, domainSilenceSecondsMax } from '../contract/limits.ts';
import { recheckMs, recheckSoonMs } from './limits.ts';
import type { TxtAnswer } from './txt-lookup.ts';

/** What a look at DNS means for one claim. Only `proved` is a yes. */
export type Finding = 'proved' | 'missing' | 'wrong' | 'alias' | 'unclear';

/** Holds what DNS said against the value that a claim has to show. */
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

// Control panels put quotes and blanks around values and change letter case; a code has the same entropy in either.
function bare(value: string): string {
  return value
    .trim()
    .replace(/^"([^]*)"$/, '$1')
    .trim()
    .toLowerCase();
}

/** Whether a claim of this status may count as ownership: `grace` does until its end. */
export function isOwning(status: EmailDomainStatus): boolean {
  return status === 'verified' || status === 'grace';
}

/** A domain that was proved before, as the decision sees it. */
export interface ProvedDomain {
  readonly status: EmailDomainStatus;
  readonly lastSeenMs: number;
  readonly graceEndsMs: number | undefined;
}

/** What becomes of a domain that was proved before. */
export type CheckPlan =
  | { readonly kind: 'keep'; readonly nextCheckMs: number }
  | { readonly kind: 'stand'; readonly nextCheckMs: number }
  | { readonly kind: 'begin-grace'; readonly graceEndsMs: number; readonly nextCheckMs: number }
  | { readonly kind: 'lapse' };

/**
 * Decides by a look at the record. A silent DNS is not a record that is gone: it changes nothing, for two weeks. A
 * period of grace that has begun is only ended by the record itself, or by its end.
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

/** A moment spread by a tenth of the way to it, so that domains claimed together are not looked at together. */
export function spread(nextMs: number, nowMs: number, chance: number): number {
  const tenth = (nextMs - nowMs) / 10;
  return Math.round(nextMs - tenth * chance);
}
