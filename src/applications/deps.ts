import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';

/** The dependencies of the use cases in this folder. */
export interface ApplicationsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: OutboundPolicy;
  /** The web origin of this server. */
  readonly site: string;
}

/** The caller of a change. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
}
