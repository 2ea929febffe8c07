import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';

/** What the use cases of this folder work with. */
export interface IdentitiesDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who asks for a change, and where from. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
}
