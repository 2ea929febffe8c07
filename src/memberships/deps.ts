import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuditActor } from '../audit/events.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Db, Tx } from '../storage/database.ts';

/** The dependencies of a change to a member in a transaction of the caller. */
export interface MemberChangeDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

/** Who changes a member, for the audit entry: a caller of the API, an identity provider or the server. */
export interface MemberChanger {
  readonly actor: AuditActor;
  readonly clientInfo: ClientInfo;
}

/** The dependencies of the endpoints for members. */
export interface MembershipsDeps extends MemberChangeDeps {
  readonly database: AuditedDatabase;
  /** The organization that owns a domain. */
  readonly ownerOf: (db: Db | Tx, domain: string) => Promise<string | undefined>;
}

/** The caller and the organization. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
}
