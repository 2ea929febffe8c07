import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { EndGrants } from '../grants/end-grants.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Db, Tx } from '../storage/database.ts';

/** The dependencies of changes to members. */
export interface MembershipsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly endGrants: EndGrants;
  /** The organization that owns a domain. */
  readonly ownerOf: (db: Db | Tx, domain: string) => Promise<string | undefined>;
}

/** The caller and the organization. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
}
