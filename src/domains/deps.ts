import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { TxtLookup } from './txt-lookup.ts';
import type { VouchedDomain } from './vouched-domains.ts';

/** What the use cases of this folder need. */
export interface DomainsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly lookupTxt: TxtLookup;
  readonly domainSettings: DomainSettings;
}

/** What the operator decided. */
export interface DomainSettings {
  readonly recordLabel: string;
  readonly recordPrefix: string;
  readonly vouched: readonly VouchedDomain[];
}

/** Who calls, and from where. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
}

/** A domain as a caller names it: by its id, and by the organization that they believe it to be in, if they say. */
export interface NamedDomain {
  readonly id: string;
  readonly organizationId?: string;
}
