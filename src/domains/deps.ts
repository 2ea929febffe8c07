import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { TxtLookup } from './txt-lookup.ts';
import type { VouchedDomain } from './vouched-domains.ts';

/** The dependencies of the use cases in this folder. */
export interface DomainsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly lookupTxt: TxtLookup;
  readonly domainSettings: DomainSettings;
}

/** The operator's settings. */
export interface DomainSettings {
  readonly recordLabel: string;
  readonly recordPrefix: string;
  readonly vouched: readonly VouchedDomain[];
}

/** The caller. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
}

/** A domain as a caller names it: by its id, and optionally by its organization. */
export interface NamedDomain {
  readonly id: string;
  readonly organizationId?: string;
}
